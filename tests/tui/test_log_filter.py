"""The log's filter offers every kind of event that there is, asked for by somebody or written by the desk itself."""

from __future__ import annotations

import pytest

from access.audit.acts import ACTS, DESK_ACTS, SCOPES
from access.policy.actions import Action
from console.desk.api import log
from console.texts import Texts
from console.tui.widgets.inputs import Choice
from tests.support.terminal import seated
from tests.support.whole import LANGUAGES

ITS_OWN = "reveal:grant:expire"
"""Nobody asks for it: the desk writes it when the minutes run out."""


def of(scope: str) -> list[str]:
    return [act for act in ACTS if act.startswith(scope)]


@pytest.mark.slow
@pytest.mark.clause("C-5.4f", "issue-2")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_kind_of_event_is_offered_in_words_by_its_kind(language: str) -> None:
    texts = Texts(language)
    offered: list[str] = []
    async with seated("auditor", size=(120, 40), language=language) as seat:
        await seat.press("f", "down", "down")
        assert f"{texts.t('log.any_scope')} ▸  1/{len(SCOPES) + 1}" in seat.text
        assert f"{texts.t('log.any_act')} ▸  1/{len(ACTS) + 1}" in seat.text
        for scope in SCOPES:
            await seat.press("right")
            assert f"{texts.t(f'log.scope.{scope[:-1]}')} ▸" in seat.text
            assert f"{texts.t('log.any_act')} ▸  1/{len(of(scope)) + 1}" in seat.text
            await seat.press("down")
            act = seat.screen.query_one("#action", Choice)
            for _ in of(scope):
                await seat.pilot.press("right")
                offered.append(act.key)
                # Nothing drawn in between says anything else than what would be asked for.
                assert texts.t(f"action.{act.key}") in "".join(segment.text for segment in act.render_line(0))
            await seat.press("up")
    assert sorted(offered) == sorted({*map(str, Action), *DESK_ACTS})


@pytest.mark.clause("C-5.4f", "issue-2")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_the_desk_wrote_by_itself_is_found_and_so_is_all_of_a_kind(language: str) -> None:
    texts = Texts(language)
    scope = f"{ITS_OWN.partition(':')[0]}:"
    async with seated("auditor", language=language) as seat:
        await seat.press("f", "down", "down", *("right",) * (SCOPES.index(scope) + 1))
        await seat.press("down", *("right",) * (of(scope).index(ITS_OWN) + 1))
        assert texts.t(f"action.{ITS_OWN}") in seat.text
        await seat.press("enter")
        await seat.until(texts.t("log.filtered", filter=texts.t(f"action.{ITS_OWN}")))
        assert seat.desk.asked(log.ReadLog)[-1].action == ITS_OWN
        # Opened again it is still chosen; one step further all of the next kind, by how its acts begin.
        await seat.press("f")
        assert texts.t(f"action.{ITS_OWN}") in seat.text
        await seat.press("down", "down", "right", "enter")
        following = SCOPES[SCOPES.index(scope) + 1]
        await seat.until(texts.t("log.filtered", filter=texts.t(f"log.scope.{following[:-1]}")))
        assert seat.desk.asked(log.ReadLog)[-1].action == following
