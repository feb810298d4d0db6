"""A desk that is killed while it makes a file: says the export's id once the first page is being written."""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path

from console.desk.exports import recording
from tests.support.clock import FakeClock
from tests.support.desk import opened
from tests.support.exports import approved, submitted


async def main(root: Path) -> None:
    """Until killed."""
    begun = threading.Event()

    def stuck(*_: object) -> list[int]:
        begun.set()
        threading.Event().wait()
        return []

    setattr(recording, "remember", stuck)  # noqa: B010 - put in another's place, for this process only
    async with opened(root, FakeClock()) as desk:
        folder = root.with_name("files")
        folder.mkdir()
        await desk.with_cases(folder)
        view = await approved(desk, await submitted(desk))
        await asyncio.to_thread(begun.wait)
        sys.stdout.write(f"{view.export_id}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
