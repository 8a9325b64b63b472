"""A port on this machine nobody listens on."""

import socket


def free_port() -> int:
    """The port; somebody else might take it before it is used, which no test here has seen."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
