"""One call of each kind about accounts, as by somebody who knows every id; about people whom nobody else plays."""

from __future__ import annotations

from collections.abc import Mapping

from console.desk.api.base import AnyCall
from console.desk.api.challenge import AskChallenge, SignInWithKey
from console.desk.api.drops import AgreeDropKey, EndDropKey, ListDropKeys, ProposeDropKey
from console.desk.api.people import ReadPerson
from console.desk.api.possession import AgreeKey, DropKey, ListKeys, ProposeKey
from console.desk.api.staff import (
    AskReactivation,
    AskReset,
    CarryOutDeparture,
    ConfirmDeparture,
    ConfirmSignUp,
    DecideOrder,
    EndSession,
    InvitePerson,
    ListOrders,
    ListSessions,
    MakePerson,
    NoteDeparture,
    RequestPerson,
    SignUp,
    SuspendPerson,
    UnlockPerson,
    WithdrawDeparture,
)
from console.desk.api.training import CheckTraining, ListTraining, RecordAgreement, RecordTraining

NOBODY = "0" * 32


def staff_calls(persons: Mapping[str, str], units: Mapping[str, str]) -> tuple[AnyCall, ...]:
    """All of them. persons: ids by login; units: ids by key."""
    her, him = persons["chenjing"], persons["yangmin"]
    return (
        ReadPerson(person_id=her),
        ListKeys(),
        ProposeKey(person_id=her, line="ssh-ed25519 AAAA"),
        AgreeKey(factor_id=NOBODY),
        DropKey(factor_id=NOBODY),
        ListDropKeys(),
        ProposeDropKey(source_id=NOBODY, login="bank-a", line="ssh-ed25519 AAAA"),
        AgreeDropKey(key_id=NOBODY),
        EndDropKey(key_id=NOBODY),
        AskChallenge(purpose="sign_in"),
        SignInWithKey(login="nobody", password="x", code="000000", signature="00"),
        RequestPerson(staff_no="A0999", name="新人", login="xinren", reason="扩编"),
        MakePerson(staff_no="A0999", name="新人", login="xinren", unit_id=units["one"]),
        InvitePerson(person_id=her),
        ListOrders(),
        DecideOrder(order_id=NOBODY, verdict="approve"),
        AskReset(person_id=her),
        UnlockPerson(person_id=her),
        ListSessions(),
        EndSession(session_id=NOBODY),
        ListTraining(),
        RecordTraining(
            person_id=her, kind="quarterly", held_on="2026-11-01", minutes=90, passed=True, content="客户信息保护"
        ),
        CheckTraining(record_id=NOBODY, good=True),
        RecordAgreement(person_id=her, signed_on="2026-11-01"),
        SuspendPerson(person_id=him, reason="absence"),
        AskReactivation(person_id=him),
        NoteDeparture(person_id=her, kind="transfer", to_unit_id=units["two"], last_day="2027-01-31"),
        CarryOutDeparture(departure_id=NOBODY),
        ConfirmDeparture(departure_id=NOBODY),
        WithdrawDeparture(departure_id=NOBODY),
        SignUp(login="nobody", invitation="AAAAA-AAAAA-AAAAA-AAAAA", password="a-long-enough-one"),
        ConfirmSignUp(login="nobody", invitation="AAAAA-AAAAA-AAAAA-AAAAA", code="000000"),
    )
