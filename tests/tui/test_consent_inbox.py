"""Consents that wait for a second person, as a list: whole at every size, decided by keys alone, and live."""

from __future__ import annotations

import pytest

from console.desk.api.base import Done
from console.desk.api.consents import ListConsents
from console.desk.api.contact import ConfirmConsent, ConsentView, RefuseConsent, WithdrawConsent
from console.tui.screens.consents import ConsentsScreen
from tests.support.fake_contact import NOW, consent, consent_line
from tests.support.fake_desk import FakeDesk
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import Look, every_look, typed_with_places

PLACES = {"there": ("客户同意复核", "consents to confirm")}
LETTER = {"state": "asked", "evidence": "letter", "reference": "LETTER-2026-11-a", "may": ("confirm", "refuse", "open")}
MESSAGE = LETTER | {"evidence": "message", "reference": "MSG-2026-004711", "means": "visit"}
VIEWS = (
    View("ConsentsScreen", "supervisor", ("there",)),
    View("ConsentsScreen", "compliance", ("there",)),
    View("ConsentsScreen own", "agent", ("there",)),
    View("ConfirmModal letter", "supervisor", ("there", "a")),
    View("WordsModal letter", "supervisor", ("there", "down", "r")),
)


def waiting(desk: FakeDesk, count: int = 2) -> FakeDesk:
    """Some wait; of one's own some were decided."""
    desk.asked_consents = tuple(consent(nth, **(LETTER if nth % 2 else MESSAGE)) for nth in range(1, count + 1))
    own = {"may": ("open",), "evidence": "letter"}
    decided = {"decided_by": "李娜", "decided_at": NOW, "mine": True}
    desk.own_consents = (
        consent_line(consent(7, **own | {"state": "refused"}), words="信上没有签名", **decided),
        consent_line(consent(8, **own | {"state": "active", "may": ("withdraw", "open")}), **decided),
        consent_line(consent(9, **own | {"state": "asked", "may": ("withdraw", "open")}), mine=True),
        consent_line(consent(10, **own | {"state": "lapsed"}), mine=True),
    )
    return desk


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type."""
    await typed_with_places(seat, keys, PLACES)


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19")
@every_look(VIEWS)
async def test_whole_and_marked(look: Look) -> None:
    await look.stands(go, "consents", waiting(FakeDesk()))


@pytest.mark.clause("S-5-1", "S-3.3-1")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("role", ["supervisor", "compliance"])
async def test_one_is_confirmed_and_one_refused_by_keys(language: str, role: str) -> None:
    desk = waiting(FakeDesk())
    async with seated(role, language=language, desk=desk) as seat:
        texts = seat.app.texts
        await go(seat, ("there",))
        assert isinstance(seat.screen, ConsentsScreen)
        # Whose, of which case, by what and in which hours, what shows it, who says so and when.
        for said in ("欧阳*", "C-2026-0000001", "22:00–23:30", "LETTER-2026-11-a", "张伟 A0173", "11-22 14:32"):
            assert said in seat.text, said
        assert texts.t("consents.waiting", count=2) in seat.text
        await go(seat, ("a",))
        assert not desk.asked(ConfirmConsent)
        await go(seat, ("enter",))
        (asked,) = desk.asked(ConfirmConsent)
        assert (asked.consent_id, asked.version) == ("k1", 1)
        assert texts.t("consent.confirmed") in seat.text
        assert "LETTER-2026-11-a" not in seat.text
        await go(seat, ("r", *"no", "enter"))
        assert not desk.asked(RefuseConsent), "a reason takes more than that"
        await go(seat, (*" such message", "enter"))
        (refused,) = desk.asked(RefuseConsent)
        assert (refused.consent_id, refused.version, refused.reason) == ("k2", 1, "no such message")
        assert texts.t("consent.refused") in seat.text
        assert texts.t("consents.empty") in seat.text
        # Nothing is left to decide.
        await go(seat, ("a", "r"))
        assert isinstance(seat.screen, ConsentsScreen)


@pytest.mark.clause("issue-2", "S-6-22")
async def test_one_comes_by_itself_and_one_that_another_decided_goes() -> None:
    desk = FakeDesk()
    async with seated("supervisor", language="en", desk=desk) as seat:
        await go(seat, ("there",))
        assert seat.app.texts.t("consents.empty") in seat.text
        waiting(desk)
        desk.push("consent", "k1")
        await seat.until("LETTER-2026-11-a")

        def late(_: object) -> Done:
            desk.asked_consents = desk.asked_consents[1:]
            del desk.answers[ConfirmConsent]
            desk.refuse(ConfirmConsent, "contact.consent_decided")
            return desk.answers[ConfirmConsent](_)  # type: ignore[no-any-return]

        # Two keys at once: the other one was first, and it is said.
        desk.answers[ConfirmConsent] = late
        await go(seat, ("a", "enter"))
        await seat.until("meanwhile")
        await seat.until("LETTER-2026-11-a", gone=True)
        assert "MSG-2026-004711" in seat.text
        desk.asked_consents = ()
        desk.push("consent", "k2")
        await seat.until("MSG-2026-004711", gone=True)


@pytest.mark.clause("S-5-1")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_whoever_recorded_one_sees_what_became_of_it(language: str) -> None:
    desk = waiting(FakeDesk())
    async with seated("agent", language=language, desk=desk) as seat:
        texts = seat.app.texts
        await go(seat, ("there",))
        assert [call.scope for call in desk.asked(ListConsents)] == ["mine"]
        for state in ("refused", "active", "asked", "lapsed"):
            assert texts.t(f"consent.state.{state}") in seat.text
        assert "信上没有签名" in seat.text
        assert "李娜" in seat.text
        # What is refused is not taken back; what waits is.
        await go(seat, ("w",))
        assert isinstance(seat.screen, ConsentsScreen)
        await go(seat, ("down", "down", "w", "enter"))
        assert [call.consent_id for call in desk.asked(WithdrawConsent)] == ["k9"]
        assert texts.t("consent.withdrawn") in seat.text
        await go(seat, ("a", "r", "s"))
        assert isinstance(seat.screen, ConsentsScreen)
        assert not desk.asked(ConfirmConsent)


async def test_a_head_turns_from_what_waits_to_their_own_and_opens_the_case() -> None:
    desk = waiting(FakeDesk())
    async with seated("supervisor", language="en", desk=desk) as seat:
        await go(seat, ("there", "s"))
        assert "4 of my own" in seat.text
        await go(seat, ("s",))
        assert "2 to confirm" in seat.text
        assert [call.scope for call in desk.asked(ListConsents)] == ["waiting", "mine", "waiting"]
        await go(seat, ("o",))
        assert type(seat.screen).__name__ == "CaseScreen"
        await go(seat, ("escape", "enter"))
        assert type(seat.screen).__name__ == "CaseScreen"


async def test_where_the_case_is_closed_to_one_nothing_opens_it() -> None:
    desk = FakeDesk()
    desk.asked_consents = (consent(1, **LETTER | {"may": ("confirm", "refuse")}),)
    async with seated("compliance", language="en", desk=desk) as seat:
        await go(seat, ("there", "o", "enter"))
        assert isinstance(seat.screen, ConsentsScreen)
        assert "open case" not in seat.text


async def test_a_long_list_is_read_page_by_page() -> None:
    desk = waiting(FakeDesk(), 5)
    desk.page = 2
    async with seated("supervisor", language="en", desk=desk) as seat:
        await go(seat, ("there",))
        assert "next page" in seat.text
        assert "page before" not in seat.text
        await go(seat, ("n", "n"))
        assert "next page" not in seat.text
        assert [call.cursor for call in desk.asked(ListConsents)] == [None, "2", "4"]
        # The last of the last page is decided: the page before is shown.
        await go(seat, ("a", "enter"))
        assert [call.consent_id for call in desk.asked(ConfirmConsent)] == ["k5"]
        await seat.until("2 to confirm")
        await go(seat, ("p",))
        assert "page before" not in seat.text


async def test_in_the_case_a_second_person_refuses_as_well() -> None:
    desk = FakeDesk()
    one: ConsentView = consent(1, **LETTER)
    desk.asked_consents = (one,)
    async with seated("supervisor", language="en", desk=desk) as seat:
        await go(seat, ("enter", "c", "c", "r", *"unsigned", "enter"))
        (refused,) = desk.asked(RefuseConsent)
        assert (refused.consent_id, refused.version, refused.reason) == ("k1", 1, "unsigned")
        assert "Refused." in seat.text
        assert "to be confirmed" not in seat.text
        assert type(seat.screen).__name__ == "ConsentsModal"
