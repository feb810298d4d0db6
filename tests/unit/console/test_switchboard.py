"""What the one who runs the dialer is asked, and in which order, whatever thread asks."""

from __future__ import annotations

import threading

import pytest

from console.desk.calls.switchboard import Placed, Switchboard
from console.dial.messages import Dial
from masking.recording import new_recording_key

pytestmark = pytest.mark.clause("issue-5")


class Slow:
    """Takes its time to place a call, and meanwhile somebody ends whatever call they find."""

    def __init__(self, board: Switchboard) -> None:
        self.board = board
        self.asked: list[str] = []
        self.other = threading.Thread(target=self._end)

    def _end(self) -> None:
        live = self.board.call_of("p1")
        if live is not None:
            self.board.hang_up(live.call_id)

    def place(self, placed: Placed) -> None:
        self.other.start()
        # As long as it takes somebody who is let in.
        self.other.join(0.3)
        self.asked.append(f"place {placed.order.call_id}")

    def hang_up(self, call_id: str) -> None:
        self.asked.append(f"hang up {call_id}")


def test_a_call_is_not_ended_before_it_is_placed() -> None:
    board = Switchboard()
    operator = Slow(board)
    board.staff(operator)  # type: ignore[arg-type]
    placed = Placed(
        order=Dial(call_id="c1", phone="ag01", alias="case-1"),
        key=new_recording_key("r1"),
        person_id="p1",
        tenant_id="t1",
        case_id="case-1",
        unit_id="u1",
        agency_id=None,
        since=1,
    )
    board.place(placed)
    operator.other.join()
    assert operator.asked == ["place c1", "hang up c1"]
