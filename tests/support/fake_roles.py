"""What a desk without a desk answers about roles, access and the catalogue."""

from __future__ import annotations

from typing import Any

from console.desk.api import explain, roles
from masking.catalogue import Catalogue
from tests.support.fake_agencies import AGENCY_ACTS, AgencyAnswers

NOW = 1_795_329_120_000_000
DAY = 86_400_000_000
LONG = "Featherstonehaugh-Smythe"
ROLE_ACTS = AGENCY_ACTS
"""Acts of this room, by role."""


def application(number: int = 1, **changes: Any) -> roles.ApplicationView:
    """An application, by default at the head's step and the viewer's turn."""
    made: dict[str, Any] = {
        "application_id": f"ap{number}",
        "number": f"P-{number:08d}",
        "person_id": "p9",
        "person": ("欧阳娜娜", LONG)[number % 2],
        "staff_no": f"A{200 + number:04d}",
        "role": ("agent", "supervisor", "compliance")[number % 3],
        "unit": "一组",
        "head": number % 3 == 1,
        "days": 365,
        "applicant": "郑浩",
        "words": "新人入职",
        "state": "requested",
        "standing": "",
        "until": None,
        "bootstrap": number % 2 == 0,
        "asked_at": NOW,
        "steps": (),
        "next": "endorse",
        "next_by": ("赵强 代 李娜", LONG),
        "mine": True,
        "why_not": "",
        "own": True,
        "version": 1,
    }
    return roles.ApplicationView(**made | changes)


def _step(stage: str, **changes: Any) -> roles.StepView:
    made: dict[str, Any] = {
        "stage": stage,
        "person": "赵强",
        "staff_no": "S0022",
        "role": "supervisor",
        "stands_for": "李娜",
        "verdict": "approve",
        "reason": "",
        "at": NOW,
    }
    return roles.StepView(**made | changes)


class RoleAnswers(AgencyAnswers):
    """Mixed into `FakeDesk`; answers by the calls' names."""

    roles_empty = False

    def _ListApplications(self, _: roles.ListApplications) -> roles.ApplicationList:  # noqa: N802 - the call's name
        items = (
            application(1),
            application(
                2, mine=False, own=False, why_not="separation.own_request", next="countersign", state="approved"
            ),
            application(
                3,
                state="active",
                standing="expiring",
                until=NOW + 9 * DAY,
                next="",
                next_by=(),
                mine=False,
                steps=(_step("endorse"), _step("enter", stands_for=""), _step("approve", stands_for="")),
            ),
        )
        return roles.ApplicationList(
            items=() if self.roles_empty else items, bootstrap_until=NOW + 5 * DAY, lacking=("head", "compliance")
        )

    def _ListChoices(self, _: roles.ListChoices) -> roles.Choices:  # noqa: N802
        units = (
            roles.UnitView(unit_id="u1", name="一组", kind="team", parent="总部", head="李娜", deputy="赵强"),
            roles.UnitView(unit_id="u0", name="总部", kind="department", parent="", head="", deputy=""),
        )
        return roles.Choices(
            roles=("agent", "supervisor", "auditor"),
            unseated={"reviewer": "no review tasks"},
            units=units,
            longest_days=365,
            longest_days_agency=182,
        )

    def _DecideApplication(self, call: roles.DecideApplication) -> roles.ApplicationView:  # noqa: N802
        state = "endorsed" if call.verdict == "approve" else "rejected"
        return application(1, state=state, mine=False, next="enter" if state == "endorsed" else "")

    def _ListHeldRoles(self, _: roles.ListHeldRoles) -> roles.HeldRoles:  # noqa: N802
        return roles.HeldRoles(
            items=tuple(
                roles.HeldRole(
                    grant_id=f"g{number}",
                    person_id=f"p{number}",
                    person=("张伟", LONG)[number % 2],
                    staff_no=f"A{172 + number:04d}",
                    role=("agent", "security_admin")[number % 2],
                    unit="一组" if number % 2 == 0 else "",
                    standing=standing,
                    since=NOW,
                    until=NOW + 9 * DAY,
                    entered_by="郑浩",
                    approved_by="吴刚",
                    bootstrap=number == 0,
                    own=number == 4,
                )
                for number, standing in enumerate(("expiring", "active", "suspended", "expired", "revoked"))
            )
        )

    def _ReadRecertification(self, _: roles.ReadRecertification) -> roles.Recertification:  # noqa: N802
        if self.roles_empty:
            return roles.Recertification(campaign_id="", number="", state="", opened_at=None, due_at=None, items=())
        return roles.Recertification(
            campaign_id="c1",
            number="Z-00000001",
            state="open",
            opened_at=NOW,
            due_at=NOW + 30 * DAY,
            items=tuple(
                roles.RecertView(
                    item_id=f"i{number}",
                    person_id=f"p{number}",
                    person=("张伟", LONG)[number % 2],
                    staff_no=f"A{172 + number:04d}",
                    role="agent",
                    unit="一组",
                    state=state,
                    decided_by="" if state == "open" else "李娜",
                    decided_at=None if state == "open" else NOW,
                    mine=state == "open",
                    why_not="",
                )
                for number, state in enumerate(("open", "confirmed", "removed", "lapsed"))
            ),
        )

    def _ExplainPerson(self, _: explain.ExplainPerson) -> explain.Access:  # noqa: N802
        return explain.Access(
            person_id="p1",
            person=LONG,
            staff_no="A0173",
            roles=("agent", "supervisor"),
            why_nothing="actor.untrained",
            clause="Y-4.6.2",
            acts=_ACTS,
            fields=_FIELDS,
        )

    def _ExplainApplication(self, _: explain.ExplainApplication) -> explain.WhatIf:  # noqa: N802
        return explain.WhatIf(acts=_ACTS, fields=_FIELDS, lost=(), conflicts=("separation.admin_exclusive",))

    def _ExplainField(self, call: explain.ExplainField) -> explain.Viewers:  # noqa: N802
        viewer = explain.Viewer(person_id="p1", person=LONG, staff_no="A0173", roles=("agent",), line=_FIELDS[0])
        return explain.Viewers(field=call.field, people=(viewer,))

    def _ReadCatalogue(self, _: explain.ReadCatalogue) -> explain.CatalogueView:  # noqa: N802
        catalogue = Catalogue.load()
        fields = tuple(
            explain.CatalogueField(
                name=field.name,
                jrt=field.jrt.value,
                plan=int(field.plan),
                reg=int(field.reg),
                holder=field.holder.value,
                cibi=field.cibi,
                third_party=field.third_party,
                masks=(explain.RoleMask(role="agent", predicate="own", mask="N1", rows="all"),),
                reveals=(explain.RevealLine(role="agent", tier="U2", minutes=10),),
            )
            for field in catalogue.fields.values()
        )
        return explain.CatalogueView(version=catalogue.version, digest=catalogue.digest, fields=fields)


_ACTS = (
    explain.ActLine(action="case:file:open", role="agent", mode="read", scope="own", rule="§3.2-4"),
    explain.ActLine(action="reveal:request:approve", role="supervisor", mode="checker", scope="team", rule="§3.3-5"),
)
_FIELDS = (
    explain.FieldLine(field="home_address", scope="own", mask="A2", tier="U2", minutes=10, rule="§3.2-7"),
    explain.FieldLine(field="mobile", scope="team", mask="P34", tier="U0", minutes=0, rule="§3.2-4"),
)
