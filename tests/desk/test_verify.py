"""Blind verification: match or no match, within the shared budget, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.desk.api.base import DeskError
from console.desk.api.cases import ExactSearch, LiftFreeze, ListFrozen
from console.desk.api.verify import Verified, VerifyDigits
from tests.desk.test_notes import agency_case
from tests.support.desk import WholeDesk

ID = "110101199003078515"


def saying(case_id: str, digits: str) -> VerifyDigits:
    return VerifyDigits(case_id=case_id, digits=digits)


@pytest.mark.clause("design-4", "issue-3", "S-3.2")
async def test_what_the_customer_says_matches_or_does_not(any_desk: WholeDesk, tmp_path: Path) -> None:
    case = (await any_desk.with_cases(tmp_path))[0].case_id
    for digits in (ID[-4:], ID[-6:], "8 5 1 5", "０７８５１５"):
        assert await any_desk.call("zhangwei", saying(case, digits)) == Verified(match=True, misses_left=3)
    assert await any_desk.call("lina", saying(case, "1234")) == Verified(match=False, misses_left=2)
    seen = [one for one in any_desk.events() if one.action == "case:digits:verify" and one.result == "ok"]
    assert len(seen) == 5
    assert {(one.purpose, one.fields) for one in seen} == {("verify", ("id_number",))}
    # Ids, digests and instants hold any four digits sooner or later.
    words = re.sub(r"[0-9a-f]{12,}", "", repr(any_desk.events()))
    assert all(part not in words for part in (ID[-4:] + "'", ID[-6:], "1234"))


@pytest.mark.clause("design-4", "issue-3", "C-5.4h")
async def test_the_third_miss_over_all_staff_freezes_the_customer_for_search_too(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    rows = await any_desk.with_cases(tmp_path)
    case = rows[0].case_id
    await any_desk.call("zhangwei", saying(case, "0000"))
    await any_desk.call("lina", saying(case, "000000"))
    assert (await any_desk.call("zhaoqiang", saying(case, "1111"))).misses_left == 0
    for name in ("zhangwei", "lina", "zhaoqiang"):
        with pytest.raises(DeskError) as refused:
            await any_desk.call(name, saying(case, ID[-4:]))
        assert refused.value.code == "oracle.frozen"
        assert refused.value.refusal.ask == ("security_admin", "compliance")
    # An ID number that has the frozen customer's mask could be hers.
    assert await any_desk.refused("zhangwei", ExactSearch(kind="id_number", value=ID)) == "oracle.frozen"
    other = ExactSearch(kind="id_number", value="440524188001010014")
    assert (await any_desk.call("zhangwei", other)).rows
    assert (await any_desk.call("zhangwei", saying(rows[2].case_id, "0014"))).misses_left == 3
    (frozen,) = (await any_desk.call("wugang", ListFrozen())).items
    assert frozen.tripped_by == "赵强"
    assert await any_desk.refused("zhaoqiang", LiftFreeze(freeze_id=frozen.freeze_id)) == "role.denied"
    any_desk.clock.advance(1)
    await any_desk.call("hejie", LiftFreeze(freeze_id=frozen.freeze_id))
    assert await any_desk.call("zhangwei", saying(case, ID[-4:])) == Verified(match=True, misses_left=3)
    assert (await any_desk.call("zhangwei", ExactSearch(kind="id_number", value=ID))).rows


@pytest.mark.clause("design-4", "C-5.4h")
async def test_searches_that_could_have_met_the_customer_count_on_it(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0].case_id
    for guess in ("110101199003070005", "110101199003070015"):
        assert not (await desk.call("zhangwei", ExactSearch(kind="id_number", value=guess))).rows
    assert (await desk.call("zhangwei", saying(case, "0000"))).misses_left == 0
    assert await desk.refused("lina", saying(case, ID[-4:])) == "oracle.frozen"


@pytest.mark.clause("design-4", "issue-3")
async def test_other_digits_for_the_hidden_ones_are_no_fresh_start(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    for nth in range(3):
        await desk.call("zhangwei", ExactSearch(kind="mobile", value=f"1370{nth:03d}7000"))
    assert await desk.refused("lina", ExactSearch(kind="mobile", value="13700137000")) == "oracle.frozen"
    assert (await desk.call("lina", ExactSearch(kind="mobile", value="13800138000"))).rows


@pytest.mark.clause("S-3.2", "R-26")
async def test_an_agency_verifies_the_last_four_of_its_own_cases(desk: WholeDesk, tmp_path: Path) -> None:
    case = await agency_case(desk, tmp_path)
    assert (await desk.call("machao", saying(case, "002X"))).match
    assert (await desk.call("machao", saying(case, "002x"))).match
    assert await desk.refused("machao", saying(case, "31002X")) == "verify.digits_unfit"
    assert await desk.refused("linjing", saying(case, "002X")) == "case.not_found"


@pytest.mark.clause("design-4", "Y-4.2.1")
async def test_nothing_but_a_tail_of_ones_own_case_is_compared(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0].case_id
    for digits in ("", "5", "515", "78515", ID, "851*", "8%15", "851五", "XXXX", "8515\x00"):
        assert await desk.refused("zhangwei", saying(case, digits)) in {"verify.digits_unfit", "desk.call_unfit"}
    for name in ("wangfang", "liuyang", "sunli"):
        assert await desk.refused(name, saying(case, ID[-4:])) == "case.not_found"
    assert await desk.refused("wugang", saying(case, ID[-4:])) == "role.denied"
    assert (await desk.call("zhangwei", saying(case, ID[-4:]))).misses_left == 3


@pytest.mark.clause("design-4", "C-5.4h")
async def test_twenty_misses_an_hour_are_a_persons_all(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    for nth in range(19):
        await desk.call("zhangwei", ExactSearch(kind="mobile", value=f"1590000{nth:04d}"))
    assert (await desk.call("zhangwei", saying(rows[0].case_id, ID[-4:]))).match
    assert not (await desk.call("zhangwei", saying(rows[0].case_id, "0000"))).match
    assert await desk.refused("zhangwei", saying(rows[0].case_id, ID[-4:])) == "quota.spent"
    assert await desk.refused("zhangwei", ExactSearch(kind="mobile", value="13800138000")) == "quota.spent"
