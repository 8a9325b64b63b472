"""WHAT READERS SEE: immutable releases, the pointer readers follow, and the ledger of every refresh.

Belongs here: publishing an export that passed its checks, disclosure, reading back, rollback, ledger, backup.
Does not belong here: arithmetic (dbt_project), rules on data (expectations), order of work (orchestration).
The reading half (`reading`, `ledger`, `layout`, `lock`) and the backup need the standard library alone.
"""
