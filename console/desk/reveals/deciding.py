"""The inbox of those who decide, and the decision."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.grants import requests
from access.policy import Action, Resource
from access.store.schema import audit_event, case_file
from console.desk.act import Act
from console.desk.api.reveal import DecideReveal, Inbox, InboxItem, ReadInbox, RequestView
from console.desk.cases.display import HIDDEN, Viewer, open_name
from console.desk.cases.rows import load_case, resource_of
from console.desk.conditions import standing
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.reveals.asking import tell_deciders
from console.desk.reveals.granting import granting
from console.desk.reveals.views import request_view, slots

_HIGH: Final = 2.0  # times the team's mean from which an asker's week is called high
_FEW: Final = 5  # requests a week below which nobody is called high
_LOOKS: Final = (str(Action.CASE_FIELD_IDENTIFY), str(Action.CASE_FIELD_REVEAL))
_BLIND: Final = frozenset({"id_number", "bank_card"})


@handles(ReadInbox)
def read_inbox(act: Act, request: ReadInbox) -> Inbox:
    """What this person may decide now, oldest first."""
    del request
    act.require(Action.REVEAL_INBOX_READ, Resource(kind="inbox", unit_id=act.unit_id))
    entries = requests.inbox(granting(act))
    items = tuple(_item(act, entry) for entry in entries)
    act.log(Action.REVEAL_INBOX_READ, object_kind="inbox", rows=len(items))
    return Inbox(items=items)


def _item(act: Act, entry: requests.InboxEntry) -> InboxItem:
    row = entry.request
    return InboxItem(
        request=request_view(act, row),
        name=_name(act, row["case_id"]),
        stage=entry.stage,
        week=entry.week,
        team_mean=round(entry.team_mean, 1),
        same_reason=entry.same_reason,
        refused_week=entry.refused_week,
        flag="high" if entry.week >= max(_FEW, _HIGH * entry.team_mean) else "normal",
        instead=_instead(row),
        last_view=_last_view(act, row),
        second_by=tuple(str(role) for role in entry.second_by),
    )


def _name(act: Act, case_id: str) -> str:
    case = load_case(act, case_id)
    if case is None:
        return HIDDEN
    viewer = Viewer(act.parts, act.actor, resource_of(case), standing(act, case), act.now)
    return viewer.mask("full_name", 1, open_name(act.parts, case))


def _instead(row: RowMapping) -> tuple[str, ...]:
    names = {field.partition("#")[0] for field in row["fields"].split(",")}
    smaller = ["fewer_fields"] if len(names) > 1 else []
    if names & _BLIND:
        smaller.append("blind_verification")
    return tuple(smaller)


def _last_view(act: Act, row: RowMapping) -> int | None:
    # The asker's own opening just now says nothing; what helps is when the customer was last looked at in clear.
    found = act.db.execute(
        select(func.max(audit_event.c.at)).where(
            audit_event.c.case_id == row["case_id"], audit_event.c.action.in_(_LOOKS)
        )
    ).scalar()
    return int(found) if found is not None else None


@handles(DecideReveal)
def decide(act: Act, request: DecideReveal) -> RequestView:
    """Approve as asked or less, or refuse with a reason."""
    act.asked = Action.REVEAL_REQUEST_APPROVE if request.verdict == "approve" else Action.REVEAL_REQUEST_REFUSE
    row = requests.decide_request(
        granting(act),
        request.request_id,
        verdict=request.verdict,
        fields=slots(request.fields),
        minutes=request.minutes,
        reason=request.reason,
        seen_version=request.seen_version,
    )
    tell_deciders(act, row)
    act.push("grant", row["id"], Audience.of(row["requester_id"]))
    unit = act.db.execute(select(case_file.c.unit_id).where(case_file.c.id == row["case_id"])).scalar()
    act.push("case", row["case_id"], Audience.of(row["requester_id"], units=(unit,)))
    return request_view(act, row)
