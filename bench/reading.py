"""Whether quantities and dates are read from any text at all, and how fast.

    python bench/reading.py [CASES]

Reads CASES (100,000 by default) random texts, half of any Unicode and half of what numbers and
dates are written with, sees that no reader raises and that spans lie in the text, then prints the
time for texts of growing length: it grows with the length.
"""

import random
import sys
import time
from datetime import date

from index.dates import read_dates
from index.quantities import quantity_reader
from index.text import folder

ALPHABET = (
    "0123456789零一二三四五六七八九十百千万亿几半成余年月日至-—~.,%元个的第上下去今约近超junemay $"
)
TODAY = date(2025, 7, 23)


def random_text(chance: random.Random) -> str:
    length = chance.randrange(60)
    if chance.random() < 0.5:
        return "".join(chance.choices(ALPHABET, k=length))
    codes = (chance.randrange(0x110000) for _ in range(length))
    return "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000)


def read(text: str) -> int:
    folded = folder().fold_with_origin(text)
    dates = read_dates(folded.text, TODAY)
    taken = [(found.start, found.end) for found in dates]
    spans = taken + [(q.start, q.end) for q in quantity_reader().read(folded.text, taken)]
    for span in spans:
        start, end = folded.original(*span)
        if not 0 <= start < end <= len(text):
            raise SystemExit(f"{span} does not lie in {text!r}")
    return len(spans)


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance = random.Random(5)
    total = sum(read(random_text(chance)) for _ in range(cases))
    print(f"{cases} texts read, {total} quantities and dates in them, no error")
    for thousands in (10, 20, 40, 80):
        text = "".join(chance.choices(ALPHABET, k=thousands * 1000))
        start = time.perf_counter()
        read(text)
        seconds = time.perf_counter() - start
        print(f"{thousands:3},000 characters: {seconds:.2f} s")


if __name__ == "__main__":
    main()
