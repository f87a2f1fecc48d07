"""The three ways in which things go wrong.

* Refused        the rules say no; tell the person what to do instead
* DeliveryError  the outside world failed; the courier tries again, unless the failure is permanent
* anything else  a bug; it is logged, and the person is told that we broke
"""


class Refused(Exception):
    """That cannot be done."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__)


class DeliveryError(Exception):
    """The other side did not take the message."""

    def __init__(self, message: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
