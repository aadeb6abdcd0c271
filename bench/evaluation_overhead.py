"""What `wenju eval run` costs over asking the same questions in a loop.

    python bench/evaluation_overhead.py sets/drcd-dev.json [--limit 600]

Asks the same questions of the same collection in a bare loop (`qa.answer.ask`, one after another,
as a program would) and through the harness, which also embeds in batches, writes each row down,
measures, and writes the run; several times, in turn. Prints the medians and their ratio.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from eval.cached import open_cached
from eval.datasets.check import Wanted, read_dataset
from eval.problems import Problems
from eval.run import Plan, make_run
from eval.settings import Settings
from index.embedders import open_embedder
from index.embedders.base import no_progress
from qa.answer import ask

STAGES = ("questions embedded", "questions asked", "measures")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--limit", type=int, default=600)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    dataset = read_dataset(Wanted(options.dataset), Problems())
    settings = Settings(limit=options.limit)
    plan = Plan.of(dataset, settings)
    bare, stages = [], []
    with open_cached(dataset, open_embedder(), no_progress) as collection:
        for question in plan.asked[:20]:
            ask(collection, question.text, settings.k)
        for _ in range(options.turns):
            start = time.perf_counter()
            for question in plan.asked:
                ask(collection, question.text, settings.k)
            bare.append(time.perf_counter() - start)
            with tempfile.TemporaryDirectory() as folder:
                told = make_run(plan, Path(folder) / "run", no_progress).summary["seconds"]
            # Loading the model and opening the collection come before either.
            stages.append([told[stage] for stage in STAGES])
    a, b = statistics.median(bare), statistics.median(map(sum, stages))
    print(
        f"{dataset.name}, {len(plan.asked)} questions, median of {options.turns}: "
        f"bare loop {a:.1f} s, harness {b:.1f} s, {100 * (b / a - 1):+.1f} %"
    )
    for stage, seconds in zip(STAGES, zip(*stages, strict=True), strict=True):
        print(f"  {stage} {statistics.median(seconds):.1f} s")


if __name__ == "__main__":
    main()
