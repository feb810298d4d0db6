"""What a desk without a desk answers about what comes in a call and after it."""

from __future__ import annotations

from access.policy.actions import Action
from console.desk.api import identity, work, wrapping
from console.desk.api.base import DeskError, Done, Refusal
from console.desk.api.calling import CallView
from console.desk.api.cases import FieldRef
from console.desk.api.identity import StandingView
from console.desk.api.wrapping import LostContactView, WrapView
from console.desk.calls.suggesting import suggested

HOUR = 3_600_000_000
_WORK = {Action.CALL_WRAP_LIST, Action.CALL_WRAP_SAVE, Action.CASE_FIELD_IDENTIFY}
WRAP_ACTS = {
    "agent": _WORK,
    "supervisor": _WORK | {Action.REVEAL_STANDING_GIVE, Action.REVEAL_STANDING_LIST, Action.REVEAL_STANDING_REVOKE},
}
"""Acts of this room, by role."""


class WrapAnswers:
    """Mixed into the fake desk. left: calls of an earlier sitting; saved: ids of calls that are wrapped up."""

    now: int
    cases: int
    call_now: CallView | None
    left: tuple[WrapView, ...] = ()
    saved: tuple[str, ...] = ()
    evidence: LostContactView | None = None
    standing: tuple[StandingView, ...] = ()

    def wrap_of(self, call: CallView) -> WrapView:
        """The call of now as it is wrapped up."""
        answered = call.connected_at is not None
        over = call.state == "ended"
        return WrapView(
            call_id=call.call_id,
            case_id=call.case_id,
            number=call.number,
            contact=call.contact,
            third=False,
            result=call.result,
            answered=answered,
            talked=call.talked,
            code=suggested(call.result, answered=answered, third=False),
            started_at=call.started_at,
            ended_at=call.ended_at,
            saved=call.call_id in self.saved,
            due=over and call.call_id not in self.saved and not call.result.startswith(("agent_", "not_diallable")),
            lost=self.evidence,
        )

    def _ReadWrap(self, request: wrapping.ReadWrap) -> WrapView:  # noqa: N802 - named after the call
        for one in self.left:
            if one.call_id == request.call_id:
                return one
        if self.call_now is None or self.call_now.call_id != request.call_id:
            raise DeskError(Refusal(code="call.not_found"))
        return self.wrap_of(self.call_now)

    def _ListWraps(self, _: wrapping.ListWraps) -> wrapping.WrapList:  # noqa: N802
        return wrapping.WrapList(wraps=tuple(one for one in self.left if one.call_id not in self.saved))

    def _SaveWrap(self, request: wrapping.SaveWrap) -> work.Recorded:  # noqa: N802
        if request.call_id in self.saved:
            raise DeskError(Refusal(code="wrap.saved"))
        self.saved += (request.call_id,)
        found = self._ReadWrap(wrapping.ReadWrap(call_id=request.call_id))
        number = int(found.case_id.rpartition("-")[2])
        return work.Recorded(version=2, next_case_id=f"case-{number + 1}" if number < self.cases else None)

    def _ShowIdentity(self, request: identity.ShowIdentity) -> identity.Identity:  # noqa: N802
        call = self.call_now
        if call is None or call.call_id != request.call_id or call.state != "connected":
            raise DeskError(Refusal(code="identity.no_call"))
        field = FieldRef(name="full_name", ordinal=1)
        return identity.Identity(
            call_id=call.call_id,
            case_id=call.case_id,
            field=field,
            value="-".join(("PLAIN", field.name, str(field.ordinal * 7))),
            ends_at=self.now + 600_000_000,
            now=self.now,
        )

    def _ListStanding(self, _: identity.ListStanding) -> identity.StandingList:  # noqa: N802
        live = any(one.state == "active" for one in self.standing)
        return identity.StandingList(approvals=self.standing, may_give=not live, at=self.now)

    def _GiveStanding(self, request: identity.GiveStanding) -> StandingView:  # noqa: N802
        given = StandingView(
            standing_id=f"s{len(self.standing) + 1}",
            unit="一组",
            given_by="李娜",
            given_at=self.now,
            ends_at=request.ends_at,
            state="active",
            may_revoke=True,
        )
        self.standing = (given, *self.standing)
        return given

    def _RevokeStanding(self, request: identity.RevokeStanding) -> Done:  # noqa: N802
        self.standing = tuple(
            StandingView(
                standing_id=one.standing_id,
                unit=one.unit,
                given_by=one.given_by,
                given_at=one.given_at,
                ends_at=one.ends_at,
                state="revoked",
                revoked_by="李娜",
            )
            if one.standing_id == request.standing_id
            else one
            for one in self.standing
        )
        return Done()
