"""Which articles are trained on, which are tuned on, and which are kept apart.

The parts are told by a digest of the article's id in its set, so that every program sees the same
ones. Those kept apart lie within the half of the articles on which retrieval's weights were not
chosen either (an odd first byte), so that no part of the pipeline has seen them.
"""

import hashlib
from enum import StrEnum

_TUNED = 20  # of 256
_TUNED_NEWS = 50


class Part(StrEnum):
    """What an article's questions are for."""

    TRAIN = "train"
    TUNE = "tune"
    APART = "apart"


def part_of(article: str) -> Part:
    """The part that an article, by its id in its set, belongs to.

    About 20 % are kept apart; 6 % are tuned on, of the news 16 %; the others are trained on.
    """
    digest = hashlib.md5(article.encode(), usedforsecurity=False).digest()
    if digest[0] % 10 in (1, 3):
        return Part.APART
    tuned = _TUNED_NEWS if article.startswith("news-") else _TUNED
    return Part.TUNE if digest[1] < tuned else Part.TRAIN
