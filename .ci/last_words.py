# ruff: noqa: INP001, T201, D103 - a script outside the packages; it prints
"""`last_words.py TESTS [AGAIN]`: what failed and why, then pytest's closing lines, as the last that CI prints.

Whoever reads only the end of a run must see both. TESTS is what the run of all tests printed, AGAIN what the second go
of those that failed did, where there was one. It gives no verdict: its exit code is always 0.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

MOST_LINES = 100
MOST_CHARACTERS = 300
NAMED = re.compile(r"(FAILED|ERROR) ")
TOLD = re.compile(r"_{3,}|E  |>  |[a-z]+/[^ ]+:\d+:")
OPENS = re.compile(r"=+ (FAILURES|ERRORS) =+$")
CLOSES = re.compile(r"=+ (slowest|short test summary)")
CLOSING = re.compile(r"(passed|failed|error|no tests ran).* in [0-9.]+s")


def failures(lines: list[str]) -> list[str]:
    """Return the lines that say where and why, the newest of many."""
    told = []
    inside = False
    for line in lines:
        if OPENS.match(line):
            inside = True
        elif CLOSES.match(line):
            inside = False
        elif inside and TOLD.match(line):
            told.append(line)
    return told[-MOST_LINES:]


def main(printed: list[Path]) -> None:
    texts = [path.read_text(encoding="utf-8", errors="replace").splitlines() for path in printed if path.is_file()]
    for lines in texts:
        named = [line for line in lines if NAMED.match(line)]
        if named:
            print("\n== What failed")
            print("\n".join(line[:MOST_CHARACTERS] for line in (*failures(lines), *named)))
    print()
    for lines in texts:
        for line in lines:
            if line.startswith("again, alone: "):
                print(line)
        closing = [line for line in lines if CLOSING.search(line)]
        if closing:
            print(closing[-1])


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
