"""One call of each kind about roles and explanations, as somebody would make it who knows every id."""

from __future__ import annotations

from collections.abc import Mapping

from console.desk.api import agencies, roles
from console.desk.api.base import AnyCall
from console.desk.api.explain import ExplainApplication, ExplainField, ExplainPerson, ReadCatalogue

NOTHING = "0" * 32


def role_calls(persons: Mapping[str, str], units: Mapping[str, str]) -> tuple[AnyCall, ...]:
    """Every call of `console.desk.api.roles`, `agencies` and `explain`."""
    return (
        roles.Apply(role="agent", person_id=persons["qianfang"], unit_id=units["one"], words="客户 13800138000 要人跟"),
        roles.ListApplications(),
        roles.DecideApplication(application_id=NOTHING, verdict="approve", seen_version=1),
        roles.WithdrawApplication(application_id=NOTHING),
        roles.ListChoices(),
        roles.ListHeldRoles(),
        roles.RevokeRole(grant_id=NOTHING),
        roles.ReadRecertification(),
        roles.OpenRecertification(),
        roles.Recertify(item_id=NOTHING, verdict="confirm"),
        roles.SetDeputy(person_id=persons["zhaoqiang"], ends_at=1),
        roles.EndDeputy(delegation_id=NOTHING),
        roles.ListDeputies(),
        roles.MakeUnit(name="三组"),
        roles.RecordPost(person_id=persons["chenjing"], kind="dev"),
        agencies.ListAgencies(),
        agencies.ProposeTerm(name="新程服务", last_day="2027-11-30"),
        agencies.DecideTerm(term_id=NOTHING, version=1, approve=True),
        agencies.WithdrawTerm(term_id=NOTHING),
        ExplainPerson(person_id=persons["zhangwei"]),
        ExplainField(field="home_address"),
        ExplainApplication(application_id=NOTHING),
        ReadCatalogue(),
    )
