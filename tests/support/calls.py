"""A desk with a line: a dialer plugged in, phones registered; and every call of calls, by who knows the ids."""

from __future__ import annotations

from pathlib import Path

from console.desk.api import calling, identity, lines, listening, recordings, wrapping
from console.desk.api.base import AnyCall
from console.desk.api.calling import CallView, ListCalls, SetPhone, StartCall
from console.desk.calls.starting import recorder_ready
from console.desk.contact import recorder
from tests.support.desk import WholeDesk
from tests.support.fake_dialer import FakeDialer, Pool
from tests.support.sip import until

NOBODY = "0" * 32
NEVER = 4_000_000_000_000_000


def calling_calls(case_id: str, person_id: str) -> tuple[AnyCall, ...]:
    """One call of each kind."""
    return (
        StartCall(case_id=case_id),
        calling.HangUp(),
        calling.ReadOwnCall(),
        ListCalls(),
        calling.ListLiveCalls(),
        calling.ListPhones(),
        SetPhone(person_id=person_id),
        calling.DropPhone(person_id=person_id),
        calling.SetCloudSecret(secret="not-to-be-seen"),
        calling.SetTrunkPassword(password="not-to-be-seen"),
        lines.ReadLines(),
        *after_calls(NOBODY),
    )


def after_calls(call_id: str) -> tuple[AnyCall, ...]:
    """One call of each kind of what comes in a call and after it."""
    return (
        identity.ShowIdentity(call_id=call_id),
        identity.ListStanding(),
        identity.GiveStanding(ends_at=NEVER),
        identity.RevokeStanding(standing_id=NOBODY),
        wrapping.ReadWrap(call_id=call_id),
        wrapping.ListWraps(),
        wrapping.SaveWrap(call_id=call_id, version=2, code="busy", note="打13800138000", stop="asked"),
    )


def recording_calls(call_id: str, number: str) -> tuple[AnyCall, ...]:
    """One call of recordings of each kind."""
    one = "0" * 32
    return (
        recordings.StartListening(call_id=call_id, reason="quality"),
        recordings.SteerListening(second=1),
        recordings.ReadListening(),
        recordings.StopListening(),
        recordings.FindRecordings(case_id=number, reason="complaint", reference="TS-2026-1"),
        recordings.FindRecordings(reason="audit", reference="LT-1"),
        listening.ListListeningTasks(),
        listening.GiveListeningTask(
            staff_no="A0001", reason="complaint", reference="TS-1", ends_at=NEVER, case_id=number
        ),
        listening.GiveListeningTask(staff_no="A0001", reason="audit", reference="SJ-1", ends_at=NEVER, count=9, days=9),
        listening.EndListeningTask(task_id=one),
        recordings.TraceListener(mark="A1A1A1A1A1"),
        recordings.ListDestructions(),
        recordings.ProposeDestruction(),
        recordings.DecideDestruction(destruction_id=one, version=1, approve=False),
        recordings.CarryOutDestruction(destruction_id=one, version=1),
        recordings.WitnessDestruction(destruction_id=one, version=1),
    )


class Line:
    """A desk whose calls a fake dialer makes. Attributes: pool, names: of phones by login."""

    def __init__(self, desk: WholeDesk) -> None:
        self.desk = desk
        self.pool = Pool(desk.clock)
        self.names: dict[str, str] = {}

    @property
    def dialer(self) -> FakeDialer:
        return self.pool.now

    async def open(self, *people: str) -> None:
        """Plug it in; these people's phones register."""
        recorder.register(recorder_ready)
        await self.desk.running.exchange.open(self.pool.open)
        for name in people:
            access = await self.desk.call("zhenghao", SetPhone(person_id=self.desk.founded.persons[name]))
            self.names[name] = access.name
        await self.registered()

    async def registered(self) -> None:
        """Every phone of ours is there, on the dialer of now."""
        board = self.desk.running.parts.switchboard
        await until(lambda: board.key is not None, "a dialer")
        await until(lambda: set(self.names.values()) <= self.dialer.phones.keys(), "phones")
        for name in self.names.values():
            self.dialer.register(name)

    async def start(self, name: str, case_id: str) -> CallView:
        """A call that is dialled."""
        call = await self.desk.call(name, StartCall(case_id=case_id))
        await until(lambda: call.call_id in self.dialer.dialled, "dialled")
        return call

    async def over(self, call_id: str) -> None:
        """Everything of it is written."""
        exchange = self.desk.running.exchange
        await until(lambda: call_id not in exchange._calls, "over")

    async def last(self, name: str) -> CallView:
        return (await self.desk.call(name, ListCalls())).calls[0]

    def files(self) -> list[Path]:
        home = self.desk.running.parts.home
        assert home is not None
        return sorted(home.recordings.iterdir())
