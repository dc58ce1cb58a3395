"""Faults of the program's own set-up that a person can mend: what happened and what to do about it."""


class SetupError(Exception):
    """Says why the program cannot start and what the operator can do, without a stack trace."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what if not advice else f"{what}\n{advice}")
        self.what = what
        self.advice = advice


class ServerError(SetupError):
    """The PostgreSQL server cannot be started, reached or prepared."""


class PortError(SetupError):
    """The wanted TCP port cannot be used."""
