"""Changes a collection over and over, to be killed in the middle of it.

Run as ``python -m tests.index.writer FOLDER``. Writes a line when it starts to change things.
"""

import itertools
import sys
from pathlib import Path

from index.collection import Collection
from index.records import Article
from tests.support import HashEmbedder

COUNT = 12


def articles(version: int) -> list[Article]:
    """All articles in one of their versions; the versions differ in text and in length."""
    return [
        Article(
            f"a{number}",
            f"题目{number}",
            "\n\n".join(
                f"第{number}篇第{part}段，版本{version}，港口与产业基金的故事讲到第{part * 3}回。"
                * 2
                for part in range(2 + version)
            ),
            "/source",
        )
        for number in range(COUNT)
    ]


def main() -> None:
    """Put one version in place of the other until killed."""
    with Collection.open(Path(sys.argv[1]), embedder=HashEmbedder()) as collection:
        print("ready", flush=True)
        for turn in itertools.count():
            if turn % 3 == 2:
                collection.remove([f"a{number}" for number in range(COUNT)])
            else:
                collection.add(articles(turn % 3))


if __name__ == "__main__":
    main()
