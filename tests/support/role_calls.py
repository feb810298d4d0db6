"""One call of each kind about roles and explanations, as somebody would make it who knows every id."""

from __future__ import annotations

from collections.abc import Mapping

from console.desk.api.base import AnyCall
from console.desk.api.explain import ExplainApplication, ExplainField, ExplainPerson, ReadCatalogue
from console.desk.api.roles import (
    Apply,
    DecideApplication,
    EndDeputy,
    ListApplications,
    ListChoices,
    ListDeputies,
    ListHeldRoles,
    MakeUnit,
    OpenRecertification,
    ReadRecertification,
    Recertify,
    RecordPost,
    RevokeRole,
    SetDeputy,
    WithdrawApplication,
)

NOTHING = "0" * 32


def role_calls(persons: Mapping[str, str], units: Mapping[str, str]) -> tuple[AnyCall, ...]:
    """Every call of `console.desk.api.roles` and `explain`."""
    return (
        Apply(role="agent", person_id=persons["qianfang"], unit_id=units["one"], words="客户 13800138000 要人跟"),
        ListApplications(),
        DecideApplication(application_id=NOTHING, verdict="approve", seen_version=1),
        WithdrawApplication(application_id=NOTHING),
        ListChoices(),
        ListHeldRoles(),
        RevokeRole(grant_id=NOTHING),
        ReadRecertification(),
        OpenRecertification(),
        Recertify(item_id=NOTHING, verdict="confirm"),
        SetDeputy(person_id=persons["zhaoqiang"], ends_at=1),
        EndDeputy(delegation_id=NOTHING),
        ListDeputies(),
        MakeUnit(name="三组"),
        RecordPost(person_id=persons["chenjing"], kind="dev"),
        ExplainPerson(person_id=persons["zhangwei"]),
        ExplainField(field="home_address"),
        ExplainApplication(application_id=NOTHING),
        ReadCatalogue(),
    )
