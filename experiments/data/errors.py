"""What goes wrong with data, in words for the user."""


class DataError(Exception):
    """Data cannot be had or cannot be used; the message alone says what, where and what to do."""


class UnfitDataError(DataError):
    """A user's own arrays, or the part of them that a config asks for, are not what they must be: bad input.

    Any other `DataError` is a failure: the input is right, and its data cannot be had.
    """


class EmptyClass(DataError):  # noqa: N818 - the outcome of a trial whose settings left a class without examples
    """Split, imbalance or subset took a class's last training example; the message says which and why."""


class SourceRefused(Exception):  # noqa: N818 - it ends one source, not the run
    """One source of a dataset gave no acceptable bytes; the message is the reason. The next one is tried."""
