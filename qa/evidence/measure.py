"""How well the network in training reads and ranks."""

from collections.abc import Sequence

import numpy as np
import torch

from index.text import folder
from qa.evidence.examples import Examples, Window, padded
from qa.evidence.inputs import PAD
from qa.evidence.mine import Asked
from qa.evidence.network import Network


def measured(network: Network, examples: Examples, asked: Sequence[Asked]) -> dict[str, float]:
    """Mean exact match and F1 on the right paragraphs; hit@1 by relevance among five."""
    rows = []
    for question in asked:
        keys = [question.paragraph]
        others = [c.paragraph for c in question.candidates if c.paragraph != question.paragraph]
        keys += list(dict.fromkeys(others))[:4]
        views = [examples.views(question.text, key) for key in keys]
        windows = [window for view in views for window, _ in view]
        found = spans(network, windows)
        best, relevance, at = [], [], 0
        for key, view in zip(keys, views, strict=True):
            part = found[at : at + len(view)]
            at += len(view)
            place = max(range(len(part)), key=lambda i: part[i][0])
            low, high = view[place][1], part[place]
            best.append(examples.quote(key, low, high[1], high[2]))
            relevance.append(max(row[3] for row in part))
        em, f1 = score(best[0], [text for text, _ in question.answers])
        rows.append((em, f1, float(max(relevance[1:], default=-99) < relevance[0])))
    means = np.mean(rows, axis=0)
    return {"em": float(means[0]), "f1": float(means[1]), "hit1": float(means[2])}


def spans(network: Network, windows: Sequence[Window]) -> list[tuple[float, int, int, float]]:
    """Of each window: margin of the best span over none, its tokens, and relevance."""
    ids, types, mask = (torch.from_numpy(a) for a in padded(windows, PAD))
    with torch.no_grad():
        starts, ends, relevance = network(ids, types, mask)
    rows = []
    for row in range(len(windows)):
        inside = ((types[row] < 5) & (mask[row] == 1)).numpy().copy()
        inside[: windows[row].start] = False  # the head
        inside[len(windows[row].ids) - 1] = False
        margin, first, last = best_span(starts[row].numpy(), ends[row].numpy(), inside)
        rows.append((margin, first, last, float(relevance[row])))
    return rows


def best_span(
    starts: np.ndarray, ends: np.ndarray, inside: np.ndarray, longest: int = 60
) -> tuple[float, int, int]:
    """The best start and end, at most ``longest`` tokens apart, and its margin over token 0."""
    a = np.where(inside, starts, -1e9)
    b = np.where(inside, ends, -1e9)
    together = a[:, None] + b[None, :]
    together = np.triu(together, 0) + np.tril(np.full_like(together, -4e9), -1)
    together += np.triu(np.full_like(together, -4e9), longest)
    first, last = divmod(int(together.argmax()), len(b))
    return float(together[first, last] - starts[0] - ends[0]), first, last


def score(given: str, accepted: Sequence[str]) -> tuple[float, float]:
    """Exact match and F1 over characters (Cui et al. 2019, section 3.3), the best of accepted."""
    one = _plain(given)
    pairs = []
    for text in accepted:
        other = _plain(text)
        common = _longest_common(one, other)
        f1 = 2 * common / (len(one) + len(other)) if common else 0.0
        pairs.append((float(one == other), f1))
    return max(em for em, _ in pairs), max(f1 for _, f1 in pairs)


def _plain(text: str) -> str:
    return "".join(c for c in folder().fold(text) if c.isalnum())


def _longest_common(one: str, other: str) -> int:
    """Length of the longest common substring, as the official script has it."""
    best, row = 0, [0] * (len(other) + 1)
    for character in one:
        row = [0] + [row[j] + 1 if character == c else 0 for j, c in enumerate(other)]
        best = max(best, *row)
    return best
