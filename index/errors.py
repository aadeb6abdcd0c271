"""Every error Wenju raises on purpose.

    WenjuError
    ├── InputError            what the user gave cannot be used
    │   ├── ReadError         a file or a record in it cannot be read
    │   ├── UnknownArticle    no article, or more than one, goes by that name
    │   └── SettingError      an option has a value out of its range
    ├── CollectionError       the collection on disk cannot be used
    │   ├── NoCollection      there is none at that path
    │   ├── CollectionBusy    another process is writing to it
    │   ├── CollectionCorrupt its store cannot be read
    │   └── EmbedderMismatch  its vectors come from another model
    ├── ModelError            a model is missing, broken or of an unknown kind
    └── CitationError         a quote differs from the text it cites (never reaches a user)

A message names what was given, what was expected and what to do next, in English and, where
people rather than programs meet it, in Chinese.
"""


class WenjuError(Exception):
    """Base of all errors that Wenju raises on purpose.

    Attributes:
        english: the message.
        chinese: the message in Chinese, or empty.
    """

    def __init__(self, english: str, chinese: str = "") -> None:
        super().__init__(english)
        self.english = english
        self.chinese = chinese


class InputError(WenjuError):
    """What the user gave cannot be used."""


class ReadError(InputError):
    """A file, or a record in it, cannot be read."""


class UnknownArticle(InputError):
    """No article, or more than one, goes by the given name."""


class SettingError(InputError):
    """An option has a value out of its range."""


class CollectionError(WenjuError):
    """The collection on disk cannot be used."""


class NoCollection(CollectionError):
    """There is no collection at the given path."""


class CollectionBusy(CollectionError):
    """Another process is writing to the collection."""


class CollectionCorrupt(CollectionError):
    """The collection's store cannot be read."""


class EmbedderMismatch(CollectionError):
    """The collection's vectors come from another model than the one asked for."""


class ModelError(WenjuError):
    """A model is missing, broken or of an unknown kind."""


class CitationError(WenjuError):
    """A quote differs from the text it cites."""
