"""Writes docs/results.md: every set that can be had, in every mode, with the command of each row.

    python bench/results.py [--sets sets] [--seed page.txt]

The sample comes with the project; DRCD and CMRC 2018 (dev) are looked for in --sets, the
investment page in --seed. A set that is missing stops the script: a page with a row less would
look whole. Runs are kept in eval-runs and used again while code and data are the same.
"""

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apart import apart  # type: ignore[import-not-found]  # stands beside it

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "results.md"
RETRIEVAL = (
    ("--mode", "hybrid", "--set", "evidence=off"),
    ("--mode", "dense"),
    ("--mode", "lexical"),
)
READING = (*RETRIEVAL, ("--mode", "hybrid", "--set", "evidence=auto"))
COLUMNS = ("nDCG@10", "R@1", "R@5", "R@100", "F1", "AnswerQuoted", "CitationPrecision")
# So that the page is made in minutes; the questions are always the same.
LIMIT = ("--limit", "1000")
APART = Path(".cache") / "apart"

HEAD = """# Results · 评测结果

Written by `make results`; do not edit. Each value is a mean over questions with its 95 % bootstrap
interval; what the measures are and what they do not tell stands in [evaluation.md](evaluation.md).

由 `make results` 生成，请勿手改。每个数是各问题的均值，方括号里是 95% 自助法区间；
指标的含义和局限见 [evaluation.md](evaluation.md)。

- *sample* comes with the project: test half, which nothing was tuned on.
- *drcd-dev*, *cmrc2018-dev*: Shao et al. 2018 and Cui et al. 2019, dev splits, each paragraph a
  document, 1,000 questions each. Half of each served to choose weights (see
  [retrieval.md](retrieval.md)), so these rows are no blind test. The model that reads passages was
  trained on three quarters of them and is off here.
- *…-apart*: of the same sets the questions on the fifth of the articles that nothing was trained,
  tuned or chosen on, asked over all of the set's documents (`python bench/apart.py sets/*.json`).
- *seed_questions*: 111 questions about a page of ten articles, written without sight of the code
  and never used for tuning.
"""


Kinds = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A set in a mode: how tables name it, the command as given to a reader, and as run here."""

    name: str
    told: tuple[str, ...]
    run: tuple[str, ...]


def rows(sets: Path, seed: Path) -> list[Row]:
    """Every row of the page."""
    seeds = "bench/seed_questions.jsonl"
    given: list[tuple[str, str, str, tuple[str, ...], tuple[str, ...], Kinds]] = [
        ("sample:test", "data/sample", "data/sample", ("--split", "test"), (), READING)
    ]
    for name in ("drcd-dev", "cmrc2018-dev"):
        whole = sets / f"{name}.json"
        given.append((name, f"sets/{whole.name}", str(whole), LIMIT, (), RETRIEVAL))
        some = apart(whole, ROOT / APART)
        given.append((some.stem, str(APART / some.name), str(some), (), (), READING))
    given.append(("seed_questions", seeds, seeds, (), ("page.txt", str(seed)), READING))
    made = []
    for name, told, path, options, documents, kinds in given:
        for kind in kinds:
            shown = ("--documents", documents[0]) if documents else ()
            used = ("--documents", documents[1]) if documents else ()
            made.append(Row(name, (told, *options, *shown, *kind), (path, *options, *used, *kind)))
    return made


def measured(row: Row) -> dict[str, Any]:
    """The summary of a run."""
    base = [sys.executable, "-m", "wenju", "eval", "run", *row.run, "--json"]
    made = subprocess.run(base, cwd=ROOT, capture_output=True, text=True, check=False)
    if made.returncode:
        raise SystemExit(made.stderr)
    told: dict[str, Any] = json.loads(made.stdout)
    return told


def line(row: Row, told: dict[str, Any]) -> str:
    """A line of the table."""
    cells = []
    for name in COLUMNS:
        each = told["measures"].get(name)
        cells.append(f"{each['mean']:.3f} [{each['low']:.3f}, {each['high']:.3f}]" if each else "—")
    data = told["dataset"]
    command = f"`{shlex.join(['wenju', 'eval', 'run', *row.told])}`"
    numbers = f"{data['documents']} / {data['questions']}"
    mode = told["settings"]["mode"]
    if told.get("reader"):
        mode += ", passages read"
    return " | ".join(["", row.name, mode, numbers, *cells, command, ""]).strip()


def page(lines: Sequence[str], told: dict[str, Any]) -> str:
    """The whole page."""
    titles = ("set", "mode", "documents / questions", *COLUMNS, "command")
    table = [
        f"| {' | '.join(titles)} |",
        f"|{'---|' * len(titles)}",
        *lines,
    ]
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    machine = ", ".join(f"{name} {value}" for name, value in told["machine"].items())
    return "\n".join([HEAD, *table, "", f"Made with {versions}; {machine}.", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, default=ROOT / "sets")
    parser.add_argument("--seed", type=Path, default=ROOT / "page.txt")
    options = parser.parse_args()
    lines = []
    told: dict[str, Any] = {}
    for row in rows(options.sets.resolve(), options.seed.resolve()):
        told = measured(row)
        lines.append(line(row, told))
        print(lines[-1], flush=True)
    PAGE.write_text(page(lines, told), encoding="utf-8")


if __name__ == "__main__":
    main()
