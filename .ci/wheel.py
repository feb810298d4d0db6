# ruff: noqa: INP001, T201 - a script outside the packages; it prints
"""Compare a built wheel with the tree: every file of the packages is inside, every catalogue of texts is compiled."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

PACKAGES = ("access", "console", "masking", "watermark")


def tree() -> set[str]:
    """Files of the packages as git sees them."""
    listed = subprocess.run(  # noqa: S603 - fixed arguments
        ["git", "ls-files", "-co", "--exclude-standard", "--", *PACKAGES],  # noqa: S607 - the developer's git
        check=True,
        capture_output=True,
        text=True,
    )
    return {line for line in listed.stdout.splitlines() if Path(line).is_file()}


def main(path: str) -> int:
    """Say what is missing; 1 when anything is."""
    inside = set(zipfile.ZipFile(path).namelist())
    wanted = tree()
    compiled = {str(PurePosixPath(name).with_suffix(".mo")) for name in wanted if name.endswith(".po")}
    missing = sorted((wanted | compiled) - inside)
    for name in missing:
        print(f"not in the wheel: {name}", file=sys.stderr)
    print(f"{len(inside)} files in the wheel, {len(missing)} missing")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
