"""Why a clone cannot be made ready."""


class CannotPrepare(Exception):
    """The clone cannot be made ready; the message says what is wrong and what to do."""
