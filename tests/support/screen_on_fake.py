"""Run the screens on a desk of `FakeDesk` in this terminal: `python screen_on_fake.py ROLE LANGUAGE`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console.desk.api import cases
from console.desk.api.cases import FieldRef
from console.tui.start import show
from tests.support.fake_desk import FakeDesk


def _broken(_: object) -> None:
    raise ZeroDivisionError("plain 13800138000")


async def main(role: str, language: str) -> int:
    """Until the person leaves. `BREAK` in the environment makes the second reading of the queue kill the screens.

    `COPIES` makes text that is copied carry the copy mark.
    """
    desk = FakeDesk()
    desk.language = language
    desk.copies = bool(os.environ.get("COPIES"))
    desk.grant(FieldRef(name="home_address"))
    desk.requests = [desk.request()]
    if os.environ.get("BREAK"):
        import console.tui.marker as marker  # noqa: PLC0415, PLR0402 - only to break it

        def frame(self: object, update: object) -> object:
            del self
            if desk.asked(cases.OpenCase):
                _broken(update)
            return update

        marker.FrameMarker.frame = frame  # type: ignore[assignment,method-assign]
    return await show(desk, language=language, sign_in_as=role)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2])))
