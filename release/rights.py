"""Who may read what the system writes: the account it runs as.

Every command and server takes this umask before it writes, so that what libraries write is closed too.
"""

CLOSED = 0o077
