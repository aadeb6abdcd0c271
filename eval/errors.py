"""Errors of evaluation, branches of the tree in ``index/errors.py``.

InputError
├── DatasetError  a labelled set cannot be used as it is
└── RunError      a run is unfinished, damaged, or cannot be compared
"""

from index.errors import InputError


class DatasetError(InputError):
    """A labelled set cannot be used as it is."""


class RunError(InputError):
    """A run is unfinished, damaged, or cannot be compared."""
