"""Whether quantities and dates are read from any text at all, and how fast.

    python bench/reading.py [CASES]

Reads CASES (100,000 by default) random texts, half of any Unicode and half of what numbers and
dates are written with, sees that no reader raises and that spans lie in the text, then prints the
processor time for texts of growing length, of all kinds of characters and of one piece again and
again, the slowest of those last: it grows with the length.
"""

import random
import sys
import time
from datetime import date

from index.dates import read_dates
from index.names import mine
from index.quantities import quantity_reader
from index.text import folder

ALPHABET = (
    "0123456789零一二三四五六七八九十百千万亿几半成余年月日至-—~.,%元个的第上下去今约近超junemay $"
)
PIECES = (
    *"一十百万亿半几成零点年月上去近约1-至a 《“",
    "1,", "1-", "1年至", "2023-", "2023年1月至", "(简称", "(简称甲", "甲(a", "百分之", "一亿",
    "五十", "one hundred and ", "from 2023 to ", "the last ", "june ", "一点零", "三四",
)  # fmt: skip
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


def timed(text: str) -> float:
    start = time.process_time()
    read(text)
    list(mine(text))
    return time.process_time() - start


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance = random.Random(5)
    total = sum(read(random_text(chance)) for _ in range(cases))
    print(f"{cases} texts read, {total} quantities and dates in them, no error")
    for thousands in (10, 20, 40, 80):
        length = thousands * 1000
        seconds = timed("".join(chance.choices(ALPHABET, k=length)))
        slowest = max(timed((piece * length)[:length]) for piece in PIECES)
        print(f"{thousands:3},000 characters: {seconds:.2f} s, one piece {slowest:.2f} s")


if __name__ == "__main__":
    main()
