"""Whoever only reads a list is not in the log as having done what the list is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.desk.api.assign import ListLoads, ListMoves, PreviewMoves
from console.desk.api.reveal import ListGrants, ListMyReveals, ListReviews
from tests.support.desk import WholeDesk


@pytest.mark.clause("C-5.4c", "issue-2")
async def test_reading_a_list_is_logged_as_reading(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    await desk.with_cases(tmp_path)
    before = len(desk.events())
    await desk.call("lina", ListGrants())
    await desk.call("lina", ListLoads())
    await desk.call("lina", ListMoves())
    await desk.call("lina", PreviewMoves(count=1, to_ids=(desk.founded.persons["zhangwei"],)))
    await desk.call("wugang", ListReviews())
    said = [str(one.action) for one in desk.events()[before:]]
    assert [one for one in said if not one.startswith("account:")] == [
        "reveal:grant:list",
        "case:load:list",
        "case:move:list",
        "case:move:preview",
        "reveal:review:list",
    ]


@pytest.mark.clause("C-5.4c", "issue-2")
async def test_whoever_asks_only_within_tasks_reads_their_own_requests(any_desk: WholeDesk) -> None:
    assert (await any_desk.call("hejie", ListMyReveals())).requests == ()
    assert not [one for one in any_desk.events() if one.result == "refused"]
