"""Memory and time of `wenju eval validate` on a corpus of a gigabyte.

    python bench/large_corpus.py [--gigabytes 1]

Writes a BEIR set of made-up documents to a temporary folder, with one duplicate id and one
judgement of a document that is not there, and checks it in a process of its own. Prints what the
command says, its seconds and its peak memory, and the same of a set a hundredth the size.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_CHARACTERS = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工"


def write(folder: Path, size: int) -> int:
    """Write the set; its number of documents."""
    draw = random.Random(7)
    text = "".join(draw.choices(_CHARACTERS, k=200_000))
    documents = written = 0
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as lines:
        while written < size:
            start = draw.randrange(len(text) - 400)
            body = f"第{documents}篇。{text[start : start + 400]}"
            row = {"_id": f"d{documents}", "title": "", "text": body}
            line = json.dumps(row, ensure_ascii=False)
            lines.write(line + "\n")
            written += len(line.encode()) + 1
            documents += 1
        lines.write(json.dumps({"_id": "d1", "title": "", "text": "又一个同号的文档。"}) + "\n")
    with (folder / "queries.jsonl").open("w", encoding="utf-8") as lines:
        for number in range(100):
            lines.write(json.dumps({"_id": f"q{number}", "text": f"第{number}个问题？"}) + "\n")
    (folder / "qrels").mkdir()
    rows = [f"q{number}\td{number}\t1\n" for number in range(99)] + ["q99\tnowhere\t1\n"]
    header = "query-id\tcorpus-id\tscore\n"
    (folder / "qrels" / "test.tsv").write_text(header + "".join(rows), encoding="utf-8")
    return documents


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    options = parser.parse_args()
    for share in (0.01, 1.0):
        with tempfile.TemporaryDirectory() as name:
            documents = write(Path(name), int(options.gigabytes * share * 1e9))
            start = time.perf_counter()
            command = [sys.executable, "-m", "wenju", "eval", "validate", name]
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            seconds = time.perf_counter() - start
        # Of the largest child so far; the small set comes first.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(made.stdout, made.stderr, sep="")
        print(
            f"{options.gigabytes * share:g} GB, {documents:,} documents: exit status "
            f"{made.returncode}, {seconds:.0f} s, peak {peak:.0f} MB\n"
        )


if __name__ == "__main__":
    main()
