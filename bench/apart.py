"""Writes the questions of a set that nothing was trained or tuned on, over all of its paragraphs.

    python bench/apart.py sets/drcd-dev.json --out .cache/apart

Writes .cache/apart/drcd-dev-apart.json in the same SQuAD layout, for `wenju eval run`. Which
questions those are tells qa/evidence/split.py.
"""

import argparse
import json
from pathlib import Path

from qa.evidence.split import Part, part_of


def apart(path: Path, out: Path) -> Path:
    """Write the file; return where."""
    data = json.loads(path.read_text(encoding="utf-8"))
    for article in data["data"]:
        if part_of(article["id"]) is not Part.APART:
            for paragraph in article["paragraphs"]:
                paragraph["qas"] = []
    out.mkdir(parents=True, exist_ok=True)
    made = out / f"{path.stem}-apart.json"
    made.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path(".cache/apart"))
    options = parser.parse_args()
    for path in options.sets:
        print(apart(path, options.out))


if __name__ == "__main__":
    main()
