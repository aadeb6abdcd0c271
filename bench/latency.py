"""How long a question takes, as a whole process and in one that has the model loaded.

    python bench/latency.py [COLLECTION]

Asks the sample's questions; without a collection the sample is indexed first. Prints the median
and the slowest tenth in a loaded process, and the median of five whole processes.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
QUESTION = "光谷的产业引导基金有多大？"


def run(*arguments: str, stdin: str = "") -> str:
    command = [sys.executable, "-m", "wenju", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False).stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = sys.argv[1] if len(sys.argv) > 1 else f"{folder}/sample"
        if len(sys.argv) < 2:
            run("add", str(SAMPLE / "articles.jsonl"), str(SAMPLE / "page.txt"), "-c", place)
        lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        questions = "\n".join(json.loads(line)["question"] for line in lines)
        answers = run("ask", "-", "--json", "-c", place, stdin=f"{QUESTION}\n{questions}")
        seconds = sorted(json.loads(line)["seconds"] for line in answers.splitlines()[1:])
        print(
            f"loaded process, {len(seconds)} questions: median "
            f"{statistics.median(seconds) * 1000:.1f} ms, "
            f"nine in ten under {seconds[int(len(seconds) * 0.9)] * 1000:.1f} ms"
        )
        walls = []
        for _ in range(5):
            start = time.perf_counter()
            run("ask", QUESTION, "-c", place)
            walls.append(time.perf_counter() - start)
        print(f"whole process: median {statistics.median(walls):.2f} s of {len(walls)}")


if __name__ == "__main__":
    main()
