"""What stops a command before it can do its work."""


class CannotRun(Exception):
    """Raised when a command cannot run; its message is the one line that the operator reads."""
