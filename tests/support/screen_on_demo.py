"""Run the screens on a fresh demo desk in this terminal: `python screen_on_demo.py FOLDER CASES LOGIN`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console.demo import build
from console.tui.start import show


async def main(folder: str, cases: int, login: str) -> int:
    """Until the person leaves."""
    desk = await build.build(Path(folder) / "home", cases=cases, seed=7)
    try:
        return await show(desk.line("pts/1"), language="zh_CN", sign_in_as=login)
    finally:
        await desk.stop()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
