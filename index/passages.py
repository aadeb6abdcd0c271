"""From an article to the passages that a collection keeps, and what a model reads of each."""

from collections.abc import Iterator

from index.embedders.base import Embedder, PassageInput
from index.records import Article, Passage, Span
from index.sentences import sentences
from index.split import split_passages
from index.store import vector_key
from index.stored import Prepared

_LARGEST_PASSAGE = 500  # tokens; longer passages say less clearly what they are about
_CONTEXT = 64  # tokens kept free for the article's title


def divide(article: Article, embedder: Embedder) -> list[Passage]:
    """The passages of an article in a collection with this model."""
    limit = min(_LARGEST_PASSAGE, embedder.window) - _CONTEXT
    return split_passages(article, limit=limit, measure=embedder.count_tokens)


def prepared(
    article: Article, embedder: Embedder, inputs: dict[bytes, PassageInput]
) -> Iterator[Prepared]:
    """Its passages as they are stored; what is to be embedded of each is put into ``inputs``."""
    for passage in divide(article, embedder):
        # A heading is quoted with nothing, but tells what the first sentence under it is about.
        spans = tuple(sentences(article.text, passage.body, passage.end))
        starts = [passage.start, *(span.start for span in spans[1:])]
        given = PassageInput(
            article.full_title,
            passage.text,
            tuple(
                Span(start - passage.start, span.end - passage.start)
                for start, span in zip(starts, spans, strict=True)
            ),
        )
        key = vector_key(embedder.identity, given)
        inputs[key] = given
        yield Prepared(passage, spans, key)
