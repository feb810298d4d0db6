"""Templates on a whole desk: proposed by one, approved by compliance, live one at a time, retired by either."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from access.audit.details import DetailKey
from console.desk.api.base import DeskError
from console.desk.api.messages import (
    DecideTemplate,
    ListTemplates,
    ProposeTemplate,
    ReadTemplate,
    RetireTemplate,
    TemplateEdition,
)
from tests.support.desk import WholeDesk
from tests.support.message_calls import BODY


async def proposed(desk: WholeDesk, body: str = BODY, name: str = "lina") -> TemplateEdition:
    """A new edition of one code."""
    reply = await desk.call(name, ProposeTemplate(code="due", title="到期提醒", body=body))
    assert reply.template is not None, reply.faults
    return reply.template


async def code_of(desk: WholeDesk, name: str, call: DecideTemplate | RetireTemplate | ProposeTemplate) -> str:
    """Why it is refused."""
    with pytest.raises(DeskError) as refused:
        await desk.call(name, call)
    return refused.value.refusal.code


def decision(one: TemplateEdition, *, approve: bool = True) -> DecideTemplate:
    return DecideTemplate(template_id=one.template_id, version=one.version, approve=approve)


@pytest.mark.clause("C-5.5b", "S-6-6", "issue-5")
async def test_one_proposes_compliance_approves_and_the_old_one_is_retired(any_desk: WholeDesk) -> None:
    desk = any_desk
    first = await proposed(desk)
    assert (first.state, first.edition, first.parameters) == ("proposed", 1, ("account", "amount", "date"))
    assert await code_of(desk, "lina", decision(first)) != ""
    live = await desk.call("hejie", decision(first))
    assert live.state == "live"
    assert live.approved_by
    second = await proposed(desk, BODY + "谢谢。")
    view = await desk.call("hejie", ReadTemplate(template_id=second.template_id))
    assert (view.body, view.replaces) == (BODY + "谢谢。", BODY)
    assert (await desk.call("hejie", decision(second))).state == "live"
    both = {one.edition: one.state for one in (await desk.call("zhangwei", ListTemplates())).templates}
    assert both == {1: "retired", 2: "live"}
    only = (await desk.call("zhangwei", ListTemplates(live=True))).templates
    assert [one.edition for one in only] == [2]
    steps = [
        (dict(one.detail)[DetailKey.FROM], dict(one.detail)[DetailKey.TO])
        for one in desk.events()
        if one.action == "message:template:approve" and one.result == "ok"
    ]
    assert steps == [("proposed", "live"), ("live", "retired"), ("proposed", "live")]


@pytest.mark.clause("C-5.5b")
async def test_who_may_not(desk: WholeDesk) -> None:
    one = await proposed(desk)
    for name in ("lina", "zhangwei", "zhenghao", "wugang", "fengxue", "machao"):
        assert (await code_of(desk, name, decision(one))).startswith(("policy", "role", "act")), name
    for name in ("zhangwei", "zhenghao", "wugang", "hejie", "machao"):
        assert await code_of(desk, name, ProposeTemplate(code="due", title="x", body=BODY))
    stale = DecideTemplate(template_id=one.template_id, version=9, approve=True)
    assert await code_of(desk, "hejie", stale) == "template.changed"
    absent = DecideTemplate(template_id="0" * 32, version=1, approve=True)
    assert await code_of(desk, "hejie", absent) == "scope.denied"
    refused = await desk.call("hejie", decision(one, approve=False))
    assert await code_of(desk, "hejie", decision(refused)) == "template.state"


@pytest.mark.clause("S-5-14", "S-6-30")
async def test_a_faulty_text_changes_nothing_and_every_fault_is_named(desk: WholeDesk) -> None:
    reply = await desk.call("lina", ProposeTemplate(code="Due!", title="", body="不还就坐牢，请拨13800138000"))
    assert reply.template is None
    assert {fault.code for fault in reply.faults} == {
        "template.code_unfit",
        "template.title_unfit",
        "template.personal",
        "template.sensitive",
    }
    assert not (await desk.call("lina", ListTemplates())).templates
    (event,) = [one for one in desk.events() if one.action == "message:template:propose"]
    assert (event.result, event.rule) == ("refused", "template.code_unfit")


@pytest.mark.clause("S-6-22")
async def test_an_older_edition_does_not_come_back_over_a_newer(desk: WholeDesk) -> None:
    first, second = await proposed(desk), await proposed(desk)
    await desk.call("hejie", decision(second))
    assert await code_of(desk, "hejie", decision(first)) == "template.overtaken"


@pytest.mark.clause("S-6-22")
async def test_of_two_at_once_one_decides(any_desk: WholeDesk) -> None:
    one = await proposed(any_desk)
    said = await asyncio.gather(
        *(any_desk.call("hejie", decision(one, approve=yes)) for yes in (True, False)), return_exceptions=True
    )
    assert sum(isinstance(answer, TemplateEdition) for answer in said) == 1
    (now,) = (await any_desk.call("hejie", ListTemplates())).templates
    assert now.version == 2


@pytest.mark.clause("C-5.5b")
async def test_retired_by_who_proposes_and_for_good(desk: WholeDesk) -> None:
    one = await desk.call("hejie", decision(await proposed(desk)))
    assert await code_of(desk, "zhangwei", RetireTemplate(template_id=one.template_id, version=one.version))
    gone = await desk.call("lina", RetireTemplate(template_id=one.template_id, version=one.version))
    assert gone.state == "retired"
    again = RetireTemplate(template_id=gone.template_id, version=gone.version)
    assert await code_of(desk, "hejie", again) == "template.state"


@pytest.mark.clause("R-43")
async def test_a_row_changed_in_the_database_is_no_template(desk: WholeDesk) -> None:
    one = await desk.call("hejie", decision(await proposed(desk)))
    desk.running.parts.store.run(
        lambda uow: uow.connection.execute(
            text("UPDATE message_template SET body = :b WHERE id = :i"), {"b": "别的话", "i": one.template_id}
        )
    )
    assert not (await desk.call("zhangwei", ListTemplates(live=True))).templates
