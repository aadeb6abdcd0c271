"""What is known of the sentences of a passage, and of the one that holds an answer."""

import pytest

from index.collection import Collection
from qa.evidence.spans import Reading, Span
from qa.evidence.use import seen
from qa.records import Mode
from qa.search import retrieve
from qa.sentences import sentences_known

QUESTION = "光谷的产业引导基金有多大？"
HOLDS = "50亿元"


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.LEXICAL])
def test_each_sentence_is_weighed_by_itself(sample: Collection, mode: Mode) -> None:
    with sample.reading() as indexes:
        found = retrieve(sample, indexes, QUESTION, 5, mode, None)
        weights = indexes.lexical.weights(found.asked.query)
        known = [
            sentences_known(indexes, found, hit, weights, hit.stored.sentences)
            for hit in found.hits
        ]
        some = sentences_known(
            indexes, found, found.hits[0], weights, found.hits[0].stored.sentences[1:2]
        )
    for hit, told in zip(found.hits, known, strict=True):
        assert tuple(one.span for one in told) == hit.stored.sentences
        assert all(0 <= one.held <= 1 for one in told)
    first = known[0]
    assert some == first[1:2]
    text = found.hits[0].stored.article.text
    most = max(first, key=lambda one: one.held)
    assert HOLDS in text[most.span.start : most.span.end]
    if mode is Mode.LEXICAL:
        assert {one.near for told in known for one in told} == {0.0}
        return
    assert found.question is not None
    vectors = found.vectors[found.hits[0].stored.id].sentences
    for one, vector in zip(first, vectors, strict=True):
        assert one.near * indexes.dense.spread == pytest.approx(float(vector @ found.question))


def test_an_answer_is_supported_by_its_sentence(sample: Collection) -> None:
    with sample.reading() as indexes:
        found = retrieve(sample, indexes, QUESTION, 1, Mode.HYBRID, None)
        (hit,) = found.hits
        weights = indexes.lexical.weights(found.asked.query)
        known = sentences_known(indexes, found, hit, weights, hit.stored.sentences)
        assert len(known) > 2
        before = hit.stored.passage.start
        spans = tuple(Span(one.span.start - before, one.span.end - before, 0.0) for one in known)
        across = Span(spans[0].start, spans[1].end, 0.0)
        reading = Reading(0.0, (*spans, across), 0.5)
        (told,) = seen(QUESTION, indexes, found, [hit], [reading])
        (unread,) = seen(QUESTION, indexes, found, [hit], [Reading(0.0, (), 0.5)])
    for one, support in zip(known, told.supports, strict=False):
        assert (support.near, support.held) == (one.near, one.held)
    assert told.supports[-1].near == max(known[0].near, known[1].near)
    assert told.quotes[0] == hit.stored.passage.text[spans[0].start : spans[0].end]
    assert not unread.supports
    assert not unread.quotes
