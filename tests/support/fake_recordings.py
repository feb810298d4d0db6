"""What a desk without a desk answers about lists of calls, recordings, phones and destructions."""

from __future__ import annotations

from access.policy.actions import Action
from console.desk.api import calling, listening, recordings
from console.desk.api.base import Done
from console.desk.api.calling import CallList, CallView
from console.desk.api.contact import ContactRef
from console.desk.api.listening import ListeningTask
from console.desk.api.recordings import DestructionView, ListeningView

LONG = "Featherstonehaugh-Smythe"
NOW = 1_795_329_120_000_000
_OWN = {Action.CALL_LINE_LIST, Action.CALL_LINE_END, Action.CALL_RECORDING_LISTEN}
_TASKS = {Action.CALL_TASK_LIST, Action.CALL_TASK_END}
_TASK = {Action.CALL_RECORDING_FIND, Action.CALL_RECORDING_LISTEN, Action.CALL_RECORDING_DUE, *_TASKS}
_GIVES = _TASKS | {Action.CALL_TASK_HANDLE}
RECORDING_ACTS = {
    "agent": _OWN,
    "supervisor": _OWN | _GIVES | {Action.CALL_LIVE_READ},
    "compliance": _TASK | _GIVES | {Action.CALL_RECORDING_APPROVE, Action.CALL_TASK_AUDIT},
    "auditor": _TASK | {Action.CALL_RECORDING_WITNESS},
    "security_admin": {Action.CALL_RECORDING_DUE, Action.CALL_RECORDING_PROPOSE},
    "system_admin": {
        Action.CALL_PHONE_LIST,
        Action.CALL_PHONE_SET,
        Action.CALL_RECORDING_DESTROY,
        Action.CALL_RECORDING_DUE,
    },
}
"""Acts of this room, by role."""


def call(number: int, **more: object) -> CallView:
    """One call."""
    made: dict[str, object] = {
        "call_id": f"call-{number}",
        "case_id": f"case-{number}",
        "number": f"C-2026-{number:07d}",
        "caller": LONG if number % 2 else "张伟",
        "caller_id": "p1",
        "contact": ContactRef(field="mobile"),
        "state": "ended",
        "started_at": NOW - number * 600_000_000,
        "result": "answered",
        "by": "customer",
        "talked": 61 * number,
        "recording": "whole",
    }
    return CallView(**made | more)  # type: ignore[arg-type]


CALLS = (
    call(1),
    call(2, recording="torn"),
    call(3, result="trunk_auth_failed", by="line", talked=0, recording="none"),
    call(4, recording="destroyed"),
)
LIVE = tuple(
    call(number, state="connected", phase="talking", result="", by="", connected_at=NOW - 99_000_000, recording="open")
    for number in (5, 6)
)


def destruction(number: int, state: str, **more: object) -> DestructionView:
    """One."""
    people = ("proposed_by", "approved_by", "executed_by", "witnessed_by")
    done = ("proposed", "approved", "destroyed", "witnessed").index(state) + 1
    made: dict[str, object] = {
        "destruction_id": f"d{number}",
        "version": done,
        "state": state,
        "until": NOW,
        "covers": 120,
        "destroyed": 118 if done > 2 else 0,
        "digest": "ab" * 32,
        **dict(zip(people[:done], (LONG, "何洁", "Zoe", "孙敏"), strict=False)),
        **{one.replace("_by", "_at"): NOW for one in people[:done]},
    }
    return DestructionView(**made | more)  # type: ignore[arg-type]


def listening_task(number: int, **more: object) -> ListeningTask:
    """One."""
    made: dict[str, object] = {
        "task_id": f"lt{number}",
        "number": f"LT-{number:08d}",
        "person": "冯雪" if number % 2 else LONG,
        "staff_no": f"D000{number}",
        "given_by": "何洁",
        "reason": "audit",
        "reference": "SJ/2026/1",
        "case_number": "",
        "drawn": 20,
        "given_at": NOW - 3_600_000_000,
        "ends_at": NOW + 7 * 86_400_000_000,
        "state": "active",
        "ended_by": "",
        "mine": False,
        "may_end": True,
    }
    return ListeningTask(**made | more)  # type: ignore[arg-type]


class RecordingAnswers:
    """Mixed into the fake desk by `CallAnswers`."""

    played: ListeningView | None = None
    listening_tasks: tuple[ListeningTask, ...] = (
        listening_task(4, mine=True),
        listening_task(3, reason="data_request", case_number="C-2026-0000003", drawn=0),
        listening_task(2, reason="complaint", case_number="C-2026-0000002", drawn=0, state="over", may_end=False),
        listening_task(1, state="ended", ended_by=LONG, may_end=False),
    )
    may_give: tuple[str, ...] = listening.GIVEN

    def _ListListeningTasks(self, _: listening.ListListeningTasks) -> listening.ListeningTasks:  # noqa: N802
        return listening.ListeningTasks(tasks=self.listening_tasks, may_give=self.may_give, at=NOW)

    def _GiveListeningTask(self, request: listening.GiveListeningTask) -> ListeningTask:  # noqa: N802
        given = listening_task(5, reason=request.reason, ends_at=request.ends_at, drawn=request.count)
        self.listening_tasks = (given, *self.listening_tasks)
        return given

    def _EndListeningTask(self, request: listening.EndListeningTask) -> Done:  # noqa: N802
        self.listening_tasks = tuple(
            listening_task(int(one.number[-1]), state="ended", ended_by="何洁", may_end=False)
            if one.task_id == request.task_id
            else one
            for one in self.listening_tasks
        )
        return Done()

    def _ListCalls(self, _: calling.ListCalls) -> CallList:  # noqa: N802 - named after the call
        return CallList(calls=CALLS, at=NOW)

    def _ListLiveCalls(self, _: calling.ListLiveCalls) -> CallList:  # noqa: N802
        return CallList(calls=LIVE, at=NOW)

    def _FindRecordings(self, _: recordings.FindRecordings) -> CallList:  # noqa: N802
        return CallList(calls=CALLS[:2], at=NOW)

    def _StartListening(self, request: recordings.StartListening) -> ListeningView:  # noqa: N802
        self.played = ListeningView(
            listening_id="l1",
            call_id=request.call_id,
            number="C-2026-0000001",
            seconds=61,
            second=request.second,
            state="paused",
            mark="A1B2C3D4A5",
            at=NOW,
        )
        return self.played

    def _SteerListening(self, request: recordings.SteerListening) -> ListeningView:  # noqa: N802
        assert self.played is not None
        state = "paused" if request.paused else "playing"
        self.played = ListeningView(
            listening_id="l1",
            call_id=self.played.call_id,
            number=self.played.number,
            seconds=61,
            second=request.second,
            state=state,
            mark=self.played.mark,
            at=NOW,
        )
        return self.played

    def _ReadListening(self, _: recordings.ReadListening) -> recordings.ListeningNow:  # noqa: N802
        return recordings.ListeningNow(listening=self.played)

    def _StopListening(self, _: recordings.StopListening) -> Done:  # noqa: N802
        self.played = None
        return Done()

    def _ListPhones(self, _: calling.ListPhones) -> calling.PhoneList:  # noqa: N802
        phones = (
            calling.PhoneView(person_id="p1", person="张伟", name="abcdefghjk", set_at=NOW, present=True),
            calling.PhoneView(person_id="p2", person=LONG, name="zyxwvutsrq", set_at=NOW, present=False),
        )
        return calling.PhoneList(phones=phones, trunk_password=True)

    def _SetPhone(self, _: calling.SetPhone) -> calling.PhoneAccess:  # noqa: N802
        return calling.PhoneAccess(
            name="mnbvcxzlkj", password="once-and-never-again", realm="veildesk", address="10.0.0.5", port=5060
        )

    def _DropPhone(self, _: calling.DropPhone) -> Done:  # noqa: N802
        return Done()

    def _ListDestructions(self, _: recordings.ListDestructions) -> recordings.DestructionList:  # noqa: N802
        states = ("proposed", "approved", "destroyed", "witnessed")
        found = tuple(destruction(4 - at, state) for at, state in enumerate(states))
        return recordings.DestructionList(destructions=found, due=12, held=3)

    def _ProposeDestruction(self, _: recordings.ProposeDestruction) -> DestructionView:  # noqa: N802
        return destruction(5, "proposed")

    def _DecideDestruction(self, request: recordings.DecideDestruction) -> DestructionView:  # noqa: N802
        return destruction(4, "approved" if request.approve else "proposed")

    def _CarryOutDestruction(self, _: recordings.CarryOutDestruction) -> DestructionView:  # noqa: N802
        return destruction(3, "destroyed")

    def _WitnessDestruction(self, _: recordings.WitnessDestruction) -> DestructionView:  # noqa: N802
        return destruction(2, "witnessed")
