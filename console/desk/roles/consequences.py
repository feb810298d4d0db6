"""What everybody is told when a role goes: screens lose their values, sessions end, what waited goes to others."""

from __future__ import annotations

from access.grants.live import resource_of_grant
from access.roles.ending import Taken
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.reveals.asking import tell_deciders
from console.desk.staff.losing import release_cases, reroute

WATCHING = ("system_admin", "security_admin", "compliance", "auditor")


def carry(act: Act, taken: Taken) -> None:
    """Tell whom it concerns, hand on what waited for the person and, with a worker's role, their cases."""
    person_id = taken.person_id
    for grant in taken.ended.grants:
        unit_id = resource_of_grant(act.uow, grant).unit_id
        act.push("grant", grant["id"], Audience.of(person_id, units=(unit_id,)))
        act.push("case", grant["case_id"], Audience.of(person_id, units=(unit_id,)))
    for request in taken.ended.requests:
        tell_deciders(act, request)
    if taken.worked:
        release_cases(act, person_id)
    if taken.gone:
        reroute(act)
    tell_roles(act, person_id, taken.units)
    act.push("session", person_id, Audience.of(person_id))


def tell_roles(act: Act, person_id: str, unit_ids: tuple[str | None, ...] = ()) -> None:
    """Tell the person, their unit's heads and those who look after roles that something about roles changed."""
    act.push("roles", person_id, Audience.of(person_id, units=unit_ids, roles=WATCHING))
