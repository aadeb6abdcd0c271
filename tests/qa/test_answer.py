"""Sentences that answer, with their citations."""

from pathlib import Path

from index.collection import Collection
from index.records import Article
from qa.answer import ask
from qa.records import Mode
from tests.support import HashEmbedder


def test_copies_of_one_passage_answer_too(tmp_path: Path) -> None:
    """Their vectors do not differ, so no distance between them can be a unit."""
    with Collection.create(tmp_path / "c", embedder=HashEmbedder()) as collection:
        collection.add([Article(str(i), "港", "港口有码头。鱼很多。", "test") for i in range(40)])
        for mode in Mode:
            assert ask(collection, "码头", mode=mode).answer == "港口有码头。"
