"""What a desk without a desk answers about calls. `call`: the one that is under way, or was last."""

from __future__ import annotations

from msgspec.structs import replace

from access.policy.actions import Action
from console.desk.api import calling, privacy
from console.desk.api.base import DeskError, Done, Refusal
from console.desk.api.calling import CallView
from console.desk.api.contact import ContactRef
from console.desk.api.privacy import BindingList, BindingView
from console.desk.api.session import Me
from tests.support.fake_lines import LineAnswers
from tests.support.fake_recordings import RecordingAnswers
from tests.support.fake_wrap import WRAP_ACTS, WrapAnswers

_CALLS = {Action.CALL_LINE_START, Action.CALL_NUMBER_BIND, Action.CALL_NUMBER_RELEASE}
CALL_ACTS = {role: _CALLS | WRAP_ACTS[role] for role in ("agent", "supervisor")}
"""Acts of this room, by role."""

SECOND = 1_000_000
HOUR = 3_600 * SECOND


class CallAnswers(WrapAnswers, RecordingAnswers, LineAnswers):
    """Mixed into the fake desk. bindings: those that stand; refused_bindings: those that could not be made."""

    now: int
    me: Me | None
    call_now: CallView | None = None
    calls_left: int | None = None
    bindings: tuple[BindingView, ...] = ()
    refused_bindings: tuple[BindingView, ...] = ()

    def binding(self, number: int, **more: object) -> BindingView:
        """A customer bound over a number of ours."""
        made: dict[str, object] = {
            "binding_id": f"b{number}",
            "case_id": "case-1",
            "contact": ContactRef(field="mobile"),
            "number": f"950130000{number:02d}",
            "holder": "张伟",
            "state": "live",
            "made_at": self.now,
            "expires_at": self.now + 24 * HOUR,
            "may": ("release",),
        }
        return BindingView(**made | more)  # type: ignore[arg-type]

    def call_moves(self, phase: str, *, state: str = "dialling", connected: int | None = None) -> None:
        """The dialer said something."""
        assert self.call_now is not None
        self.call_now = replace(self.call_now, phase=phase, state=state, connected_at=connected)

    def call_ends(self, result: str, by: str, talked: int = 0) -> None:
        """It is over."""
        assert self.call_now is not None
        self.call_now = replace(
            self.call_now, state="ended", phase="", result=result, by=by, ended_at=self.now, talked=talked
        )

    def customer_calls(self, case_id: str) -> None:
        """A customer rang at a privacy number, and was put through to who sits here."""
        self.call_now = CallView(
            call_id="call-in",
            case_id=case_id,
            number="C-2026-0000002",
            caller="张伟",
            caller_id="p1",
            contact=ContactRef(field="mobile", ordinal=1),
            state="started",
            started_at=self.now,
            inbound=True,
            left=self.calls_left,
        )

    def _StartCall(self, request: calling.StartCall) -> CallView:  # noqa: N802 - named after the call
        self.call_now = CallView(
            call_id="call-1",
            case_id=request.case_id,
            number="C-2026-0000001",
            caller="张伟",
            caller_id="p1",
            contact=ContactRef(field=request.contact.field, ordinal=request.contact.ordinal),
            state="started",
            started_at=self.now,
            left=self.calls_left,
        )
        return self.call_now

    def _ListBindings(self, _: privacy.ListBindings) -> BindingList:  # noqa: N802
        may = ("bind",) if self.me is not None and Action.CALL_NUMBER_BIND.value in self.me.acts else ()
        return BindingList(bindings=self.bindings, at=self.now, refused=self.refused_bindings, may=may)

    def _BindNumber(self, request: privacy.BindNumber) -> BindingView:  # noqa: N802
        ends = self.now + request.hours * HOUR
        made = self.binding(len(self.bindings) + 1, contact=request.contact, state="asked", expires_at=ends)
        self.bindings = (made, *self.bindings)
        return made

    def _UnbindNumber(self, request: privacy.UnbindNumber) -> Done:  # noqa: N802
        self.bindings = tuple(one for one in self.bindings if one.binding_id != request.binding_id)
        return Done()

    def _ReadOwnCall(self, request: calling.ReadOwnCall) -> calling.OwnCall:  # noqa: N802
        call = self.call_now
        if call is not None and call.state == "ended" and request.call_id != call.call_id:
            call = None
        return calling.OwnCall(call=call, at=self.now, trunk="down" if self.trunk[0] == "bad" else "up")

    def _HangUp(self, _: calling.HangUp) -> Done:  # noqa: N802
        if self.call_now is None or self.call_now.state == "ended":
            raise DeskError(Refusal(code="call.over"))
        self.call_ends("answered" if self.call_now.connected_at else "cancelled", "desk")
        return Done()
