"""Why somebody may do and see what they do: what is explained is what the desk then does."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.policy.actions import Action
from access.roles import Role
from console.desk.api.cases import OpenCase
from console.desk.api.explain import ExplainApplication, ExplainField, ExplainPerson, ReadCatalogue
from console.desk.api.roles import Apply
from masking.catalogue import Catalogue
from tests.support.desk import WholeDesk

CUSTOMER = ("case:", "reveal:")


@pytest.mark.clause("issue-3", "R-28a", "S-3.2")
async def test_what_is_explained_is_what_the_desk_shows(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    access = await any_desk.call("wugang", ExplainPerson(person_id=any_desk.founded.persons["zhangwei"]))
    own = {line.field: line for line in access.fields if line.scope == "own"}
    case = await any_desk.call("zhangwei", OpenCase(case_id=rows[1].case_id))
    shown = {field.name: field.masked for field in case.fields}
    assert shown["mobile"] == "138****8000"
    assert (own["mobile"].mask, own["mobile"].tier) == ("P34", "U0")
    assert (own["id_number"].mask, own["id_number"].tier) == ("I11", "U3")
    assert not set(shown) - set(own), "nothing on the screen that is not explained"
    assert (own["home_address"].tier, own["home_address"].minutes, own["home_address"].rule) == ("U2", 10, "§3.2-7")
    acts = {(line.action, line.scope): line.rule for line in access.acts}
    assert acts["case:file:open", "own"] == "§3.2-4"
    assert ("case:file:open", "team") not in acts
    assert all(line.role == "agent" for line in access.acts)


@pytest.mark.clause("issue-3", "S-3.1")
async def test_admins_are_explained_as_seeing_no_customer(desk: WholeDesk) -> None:
    for name in ("zhenghao", "wugang"):
        access = await desk.call("fengxue", ExplainPerson(person_id=desk.founded.persons[name]))
        assert not access.fields
        if name == "zhenghao":
            assert not [line for line in access.acts if line.action.startswith(CUSTOMER)]
    desk.suspend("zhangwei")
    stopped = await desk.call("wugang", ExplainPerson(person_id=desk.founded.persons["zhangwei"]))
    assert (stopped.why_nothing, stopped.acts, stopped.fields) == ("actor.not_active", (), ())


@pytest.mark.clause("issue-3", "Y-4.2.1")
async def test_who_may_ask_about_whom(desk: WholeDesk) -> None:
    people = desk.founded.persons
    assert (await desk.call("zhangwei", ExplainPerson())).staff_no == "A0173"
    assert await desk.refused("zhangwei", ExplainPerson(person_id=people["wangfang"])) == "person.not_found"
    assert await desk.refused("lina", ExplainPerson(person_id=people["liuyang"])) == "person.not_found"
    assert (await desk.call("lina", ExplainPerson(person_id=people["zhangwei"]))).staff_no == "A0173"
    assert await desk.refused("zhangwei", ExplainField(field="mobile")) == "role.denied"
    assert await desk.refused("wugang", ExplainField(field="nothing")) == "masking.unknown_field"
    assert await desk.refused("zhangwei", ReadCatalogue()) == "role.denied"


@pytest.mark.clause("issue-3", "C-6.2a")
async def test_who_may_see_a_field(desk: WholeDesk) -> None:
    seen = await desk.call("hejie", ExplainField(field="mobile"))
    found = {(one.staff_no, one.line.scope): one.line.mask for one in seen.people}
    assert found["A0173", "own"] == "P34"
    assert found["S0021", "team"] == "P34"
    assert not {number for number, _ in found} & {"E0001", "E0002"}
    agency = {line.mask for one in seen.people if one.staff_no.startswith("G") for line in (one.line,)}
    assert agency
    assert "P34" not in agency, "an agency sees a stricter mask"


@pytest.mark.clause("issue-3", "S-4.4")
async def test_what_if_before_approving(desk: WholeDesk) -> None:
    view = await desk.call("zhangwei", Apply(role="supervisor", words="带组"))
    found = await desk.call("wugang", ExplainApplication(application_id=view.application_id))
    gained = {(line.action, line.scope) for line in found.acts}
    assert (Action.REVEAL_REQUEST_APPROVE.value, "team") in gained
    assert (Action.CASE_FILE_OPEN.value, "own") not in gained, "she has that already"
    assert {line.scope for line in found.fields} == {"team"}
    assert (found.lost, found.conflicts) == ((), ())
    assert (
        await desk.refused("wangfang", ExplainApplication(application_id=view.application_id))
        == "application.not_found"
    )
    before = await desk.call("wugang", ExplainPerson(person_id=desk.founded.persons["zhangwei"]))
    desk.give("zhangwei", Role.SUPERVISOR, "one")
    after = await desk.call("wugang", ExplainPerson(person_id=desk.founded.persons["zhangwei"]))
    assert {line for line in after.acts if line not in before.acts} == set(found.acts), "it comes true word for word"


@pytest.mark.clause("C-6.2a", "R-16")
async def test_the_catalogue_is_read_whole(desk: WholeDesk) -> None:
    for name in ("wugang", "hejie", "fengxue"):
        view = await desk.call(name, ReadCatalogue())
        assert [field.name for field in view.fields] == list(Catalogue.load().fields)
    assert len(view.fields) == 82
    mobile = next(field for field in view.fields if field.name == "mobile")
    assert {mask.role: mask.mask for mask in mobile.masks}["agent"] == "P34"
