"""What a customer agreed to, from where the rules are read: whole at every size, kept and taken back by keys alone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from access.policy.actions import Action
from console.desk.api.contact import CheckContacts, ConfirmConsent, RecordConsent, WithdrawConsent
from tests.support.fake_contact import HOUR, NOW, consent
from tests.support.fake_desk import ACTS, FakeDesk
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import Look, every_look, typed_with_places

WRITE = (*"22:00", "tab", *"23:30", "tab", "tab", "tab", *"REC-2026-0001", "enter")
KEPT = ("enter", "c", "c", "n", "tab", *WRITE)
VIEWS = (
    View("ConsentsModal", "agent", ("enter", "c", "c")),
    View("ConsentForm", "agent", ("enter", "c", "c", "n")),
    View("ConsentsModal kept", "agent", KEPT),
    View("ConfirmModal consent", "supervisor", (*KEPT, "w")),
)
DAY = 24 * HOUR
ASKED = {"state": "asked", "evidence": "letter", "reference": "LETTER-7", "may": ("withdraw", "confirm", "refuse")}
ASKED_VIEWS = (
    View("ConsentsModal asked", "supervisor", ("enter", "c", "c")),
    View("ConfirmModal seen", "supervisor", ("enter", "c", "c", "a")),
)


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type."""
    await typed_with_places(seat, keys, {})


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19")
@every_look(VIEWS)
async def test_whole_and_marked(look: Look) -> None:
    await look.stands(go, "consent")


@pytest.mark.clause("S-5-1", "S-5-10", "issue-5")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_what_a_customer_agreed_to_is_kept_listed_and_taken_back(language: str) -> None:
    async with seated("agent", language=language) as seat:
        texts = seat.app.texts
        await go(seat, ("enter", "c"))
        assert texts.t("consent.none") in seat.text
        await go(seat, ("c", "n", "right", "right", "tab", *WRITE))
        (kept,) = seat.desk.asked(RecordConsent)
        assert (kept.case_id, kept.means, kept.from_minute, kept.until_minute) == ("case-1", "visit", 1320, 1410)
        assert (kept.evidence, kept.reference) == ("recording", "REC-2026-0001")
        # The whole of the thirtieth day, where the customer is.
        ends = dt.datetime.fromtimestamp(kept.expires_at / 1_000_000, ZoneInfo("Asia/Shanghai"))
        assert (ends.date().isoformat(), ends.hour, ends.minute) == ("2026-12-23", 0, 0)
        said = texts.t("consent.by.visit")
        assert f"{said}" in seat.text
        assert "22:00–23:30" in seat.text
        assert "2026-12-23 00:00" in seat.text
        assert "REC-2026-0001" in seat.text
        # Where the rules are read it stands too.
        await go(seat, ("escape",))
        assert "22:00–23:30" in seat.text
        assert texts.t("consent.none") not in seat.text
        await go(seat, ("c", "w"))
        assert not seat.desk.asked(WithdrawConsent)
        await go(seat, ("enter",))
        (taken,) = seat.desk.asked(WithdrawConsent)
        assert taken.consent_id == "k1"
        assert texts.t("consent.empty")[:8] in seat.text


async def test_what_cannot_be_read_or_is_refused_stays_on_the_form() -> None:
    async with seated("agent", language="en") as seat:
        await go(seat, ("enter", "c", "c", "n", "enter"))
        assert "Give both hours" in seat.text
        await go(seat, ("tab", *"22:00", "tab", *"24:00", "tab", *["backspace"] * 10, *"+91", "enter"))
        assert "at most 90 days" in seat.text
        await go(seat, ("backspace", "0", "tab", "right", "enter"))
        assert "Give the number of the letter" in seat.text
        assert not seat.desk.asked(RecordConsent)
        seat.desk.refuse(RecordConsent, "role.denied", clause="C-5.4c", ask=("supervisor",))
        await go(seat, ("tab", *"LETTER-7", "enter"))
        (refused,) = seat.desk.asked(RecordConsent)
        assert (refused.from_minute, refused.until_minute) == (1320, 1440)
        assert NOW < refused.expires_at <= NOW + 90 * DAY
        assert "C-5.4c" in seat.text
        assert "Ask: supervisor" in seat.text
        assert "LETTER-7" in seat.text
        del seat.desk.answers[RecordConsent]
        await go(seat, ("enter",))
        assert len(seat.desk.asked(RecordConsent)) == 2
        assert "Kept; it counts once" in seat.text
        assert "to be confirmed" in seat.text


@pytest.mark.clause("S-5-1", "S-3.3-1")
async def test_a_second_person_confirms_what_a_letter_shows() -> None:
    desk = FakeDesk()
    desk.asked_consents = (consent(1, **ASKED),)
    async with seated("supervisor", language="en", desk=desk) as seat:
        await go(seat, ("enter", "c", "c", "a"))
        assert "LETTER-7" in seat.text
        assert "yourself" in seat.text
        assert not desk.asked(ConfirmConsent)
        await go(seat, ("enter",))
        (asked,) = desk.asked(ConfirmConsent)
        assert (asked.consent_id, asked.version) == ("k1", 1)
        assert "Confirmed." in seat.text
        assert "to be confirmed" not in seat.text
        # Nothing is left to confirm.
        await go(seat, ("a",))
        assert type(seat.screen).__name__ == "ConsentsModal"


@every_look(ASKED_VIEWS)
async def test_one_that_waits_is_whole_and_marked(look: Look) -> None:
    desk = FakeDesk()
    desk.asked_consents = (consent(1, **ASKED),)
    await look.stands(go, "consent", desk)


async def test_the_help_and_the_palette_of_a_case_know_of_it() -> None:
    async with seated("agent", language="en") as seat:
        words = seat.app.texts.t("key.consents.long")
        await go(seat, ("enter", "question_mark"))
        await go(seat, ("pagedown",))
        for _ in range(12):
            if words in seat.text:
                break
            await go(seat, ("down", "down"))
        assert f"c c     {words}" in seat.text
        await go(seat, ("escape", "ctrl+p", *"consents"))
        assert words in seat.text
        await go(seat, ("enter",))
        assert type(seat.screen).__name__ == "ConsentsModal"
        assert len(seat.desk.asked(CheckContacts)) == 1


async def test_whoever_may_only_read_them_is_offered_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # A supervisor who may check contacts, and neither keeps nor takes back what a customer said.
    reads = ACTS["supervisor"] - {Action.CONTACT_CONSENT_RECORD, Action.CONTACT_CONSENT_WITHDRAW}
    monkeypatch.setitem(ACTS, "supervisor", reads)
    desk = FakeDesk()
    async with seated("supervisor", language="en", desk=desk) as seat:
        await go(seat, ("enter", "c", "c"))
        assert "Whoever works the case" in seat.text
        assert "record one" not in seat.text
        await go(seat, ("n", "w"))
        assert type(seat.screen).__name__ == "ConsentsModal"
        desk.consents = (consent(1, may=()),)
        await go(seat, ("escape", "escape", "c", "c"))
        assert "REC-2026-0001" in seat.text
        await go(seat, ("w",))
        assert type(seat.screen).__name__ == "ConsentsModal"
        assert not desk.asked(WithdrawConsent)


async def test_who_may_not_check_contacts_never_gets_there() -> None:
    async with seated("auditor", language="en") as seat:
        await go(seat, ("ctrl+p", *"consents"))
        assert seat.app.texts.t("key.consents.long") not in seat.text
