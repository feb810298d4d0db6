# ruff: noqa: INP001, T201, S603, D103 - a script outside the packages; it prints and starts pytest
"""`again.py CACHE REPORT`: run what failed beside others alone, three times in a row.

On two cores a test can lose to the others that run beside it. At most six such tests are tried again, each must pass
three times without a neighbour, and all are printed: one that does not is wrong, and so is a run in which more failed.
CACHE is the cache folder of the run before; REPORT is where the clauses they prove are written. Exit code 0 or 1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

MOST = 6
TIMES = 3


def main(cache: Path, report: Path) -> int:
    known = cache / "v" / "cache" / "lastfailed"
    names = sorted(json.loads(known.read_text(encoding="utf-8"))) if known.is_file() else []
    if not 0 < len(names) <= MOST:
        print(f"{len(names)} tests failed: nothing is run again (at most {MOST} are)")
        return 1
    for name in names:
        print(f"again, alone: {name}", flush=True)
    run = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--clause-report", str(report), *names]
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return max(subprocess.run(run, check=False, env=env).returncode != 0 for _ in range(TIMES))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
