"""People on both engines: signing in, lock-out, seats from proven rows, forged rows that count as absent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest
from sqlalchemy import Table, func, select, text, update

from access.audit.events import decode
from access.context import SECOND, Origin
from access.people import enrolment, factors, sessions, sign_in, staff, totp
from access.people.deed import Hand
from access.people.directory import find_login, holders, load_actor
from access.people.passwords import Argon2Parameters, PasswordHasher
from access.people.sign_in import SignedIn
from access.people.staff import StaffRefused
from access.policy import Action, Actor, held_actions
from access.roles import Role
from access.store.base import Store, UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import (
    DESK_TENANT,
    audit_event,
    audit_outbox,
    factor,
    login,
    login_attempt,
    person,
    role_grant,
    staff_session,
)
from masking.sealing import FieldCipher
from tests.support.clock import FakeClock

T = TypeVar("T")
FAST = PasswordHasher(Argon2Parameters(memory=64, passes=1))
CIPHER = FieldCipher(bytes(range(16)), 1)
HERE = Origin("192.0.2.7:50022", "pts/3")
PASSWORD = "xK9#mV2pLq7w"
YEAR = 365 * 24 * 3600 * SECOND
MAKER, CHECKER = "8" * 32, "9" * 32


@dataclass
class Desk:
    store: Store
    proofs: RowProofs
    clock: FakeClock

    def run(self, act: Callable[[Hand], T], actor: Actor | None = None) -> T:
        return self.store.run(lambda uow: act(Hand(uow, self.proofs, actor, HERE)))

    def person(self, name: str, *roles: Role, unit: str = "a" * 32, agency: str | None = None) -> str:
        def make(deed: Hand) -> str:
            person_id = staff.create_person(
                deed,
                staff_no=name,
                name=name,
                unit_id=unit,
                agency_id=agency,
                trained_until=deed.uow.now + YEAR,
                confidentiality_signed_at=deed.uow.now,
            )
            staff.create_login(deed, person_id, name)
            for role in roles:
                staff.grant_role(
                    deed,
                    person_id=person_id,
                    role=role,
                    unit_id=unit,
                    requested_by=MAKER,
                    approved_by=CHECKER,
                    valid_until=deed.uow.now + YEAR // 2 - 1,
                )
            return person_id

        return self.run(make)

    def enrol(self, person_id: str) -> str:
        def make(deed: Hand) -> str:
            factors.set_password(deed, person_id, FAST.hash(PASSWORD))
            return factors.set_totp(deed, person_id, CIPHER).seed

        return self.run(make)

    def code(self, seed: str) -> str:
        return totp.code_at(seed, totp.step_of(self.clock.now_us()))

    def attempt(self, name: str, password: str, code: str) -> SignedIn:
        candidate = self.run(lambda deed: sign_in.find(deed.uow, self.proofs, name, FAST))
        proven = sign_in.prove(candidate, password, FAST)
        return self.run(lambda deed: sign_in.sign_in(deed, proven, code, CIPHER, origin=HERE))

    def actor(self, person_id: str) -> Actor | None:
        return self.run(lambda deed: load_actor(deed.uow, self.proofs, person_id))


@pytest.fixture
def desk(store: Store, row_proofs: RowProofs, clock: FakeClock) -> Desk:
    return Desk(store, row_proofs, clock)


def count(desk: Desk, table: Table) -> int:
    return desk.run(lambda deed: deed.uow.connection.execute(select(func.count()).select_from(table)).scalar_one())


def events(desk: Desk, action: str) -> list[tuple[str, str | None, tuple[tuple[str, str], ...]]]:
    def read(deed: Hand) -> list[tuple[str, str | None, tuple[tuple[str, str], ...]]]:
        found: list[tuple[str, str | None, tuple[tuple[str, str], ...]]] = []
        for table in (audit_event, audit_outbox):
            query = select(table.c.body).where(table.c.action == action).order_by(table.c.at)
            for body in deed.uow.connection.execute(query).scalars():
                event = decode(bytes(body))
                detail = tuple((str(key), value) for key, value in event.detail)
                found.append((event.result, event.person_id, detail))
        return found

    return desk.run(read)


@pytest.mark.clause("Y-4.2.2", "C-5.4f")
def test_password_and_code_open_a_session_in_one_event(desk: Desk) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    seed = desk.enrol(person_id)
    reply = desk.attempt("zhangwei", PASSWORD, desk.code(seed))
    assert reply.decision.allowed
    assert reply.actor is not None
    assert reply.actor.session_id is not None
    assert events(desk, "account:session:sign_in") == [("ok", person_id, (("factor", "totp"),))]
    seen = desk.run(
        lambda deed: load_actor(
            deed.uow, desk.proofs, person_id, session_id=reply.actor.session_id if reply.actor else ""
        )
    )
    assert seen is not None


@pytest.mark.clause("Y-4.2.2")
def test_every_failure_has_one_answer_and_is_logged(desk: Desk) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    seed = desk.enrol(person_id)
    good = desk.code(seed)
    wrong = "000000" if good != "000000" else "111111"
    replies = [
        desk.attempt("zhangwei", "wrong-password", good),
        desk.attempt("zhangwei", PASSWORD, wrong),
        desk.attempt("nobody", PASSWORD, good),
    ]
    assert {reply.decision for reply in replies} == {sign_in.REFUSED}
    assert all(reply.actor is None for reply in replies)
    logged = events(desk, "account:session:sign_in")
    assert [result for result, _, _ in logged] == ["refused"] * 3
    assert sorted(dict(detail)["code"] for _, _, detail in logged) == [
        "signin.password",
        "signin.totp",
        "signin.unknown",
    ]
    assert count(desk, staff_session) == 0


@pytest.mark.clause("Y-4.2.2")
def test_a_code_is_taken_once(desk: Desk) -> None:
    seed = desk.enrol(desk.person("zhangwei", Role.AGENT))
    code = desk.code(seed)
    assert desk.attempt("zhangwei", PASSWORD, code).actor is not None
    assert desk.attempt("zhangwei", PASSWORD, code).actor is None


@pytest.mark.clause("Y-4.2.2")
def test_one_code_at_two_doors_at_once_opens_one(desk: Desk) -> None:
    seed = desk.enrol(desk.person("zhangwei", Role.AGENT))
    code, replies = desk.code(seed), list[SignedIn]()
    doors = [
        threading.Thread(target=lambda: replies.append(desk.attempt("zhangwei", PASSWORD, code))) for _ in range(4)
    ]
    for door in doors:
        door.start()
    for door in doors:
        door.join()
    assert sum(reply.actor is not None for reply in replies) == 1
    assert count(desk, staff_session) == 1


@pytest.mark.clause("Y-4.2.2", "C-6.3")
@pytest.mark.parametrize("name", ["zhangwei", "nobody"])
def test_names_lock_alike_whether_they_exist_or_not(desk: Desk, name: str) -> None:
    seed = desk.enrol(desk.person("zhangwei", Role.AGENT))
    until = [desk.attempt(name, "wrong-password", "000000").locked_until - desk.clock.now_us() for _ in range(6)]
    assert until[3] == 0
    assert until[4] == 30 * SECOND
    assert until[5] == until[4]  # an attempt while locked counts for nothing
    assert desk.attempt("zhangwei", PASSWORD, desk.code(seed)).actor is None or name == "nobody"
    desk.clock.advance(31)
    assert desk.attempt("zhangwei", PASSWORD, desk.code(seed)).actor is not None
    assert count(desk, login_attempt) == (1 if name == "nobody" else 0)


@pytest.mark.clause("Y-4.6.2", "Y-4.2.3", "C-6.1c")
@pytest.mark.parametrize("state", ["suspended", "frozen", "left", "pending"])
def test_who_lost_access_cannot_sign_in(desk: Desk, state: str) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    seed = desk.enrol(person_id)
    desk.run(lambda deed: staff.change_person(deed, person_id, state=state))
    assert desk.attempt("zhangwei", PASSWORD, desk.code(seed)).decision == sign_in.REFUSED


@pytest.mark.clause("Y-4.6.2", "C-6.1c")
@pytest.mark.parametrize(
    "change", [{"confidentiality_signed_at": None}, {"confidentiality_until": 1}, {"trained_until": None}]
)
def test_who_is_gated_signs_in_to_see_why_and_nothing_else(desk: Desk, change: dict[str, int | None]) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    seed = desk.enrol(person_id)
    desk.run(lambda deed: staff.change_person(deed, person_id, **change))
    actor = desk.attempt("zhangwei", PASSWORD, desk.code(seed)).actor
    assert actor is not None
    assert held_actions(actor, desk.clock.now_us()) == {
        Action.ACCOUNT_SESSION_SIGN_IN,
        Action.ACCOUNT_TRAINING_LIST,
        Action.CALL_LINE_END,
        Action.CALL_RECORDING_LEAVE,
    }, "a line that stands can be hung up whatever else is barred"


def join(desk: Desk, code: str, name: str = "zhangwei") -> str | None:
    """Password and seed beside the invitation; the seed, or none where it was refused."""

    def begin(deed: Hand) -> str | None:
        who = enrolment.check(deed, name, code)
        return enrolment.begin(deed, who, FAST.hash(PASSWORD), CIPHER).seed if who is not None else None

    return desk.run(begin)


def finish(desk: Desk, code: str, shown: str, name: str = "zhangwei") -> bool:
    def confirm(deed: Hand) -> bool:
        who = enrolment.check(deed, name, code)
        return who is not None and enrolment.confirm(deed, who, shown, CIPHER)

    return desk.run(confirm)


@pytest.mark.clause("Y-4.2.2")
def test_an_invitation_works_once_and_for_a_day(desk: Desk) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    code = desk.run(lambda deed: enrolment.issue(deed, person_id))
    assert join(desk, "AAAAA-AAAAA-AAAAA-AAAAA") is None
    lost = join(desk, code)
    seed = join(desk, code.lower().replace("-", " "))
    assert seed is not None
    assert seed != lost, "whoever lost the line begins again with the same code"
    assert desk.attempt("zhangwei", PASSWORD, desk.code(seed)).actor is None, "nothing is in use before a code is shown"
    assert not finish(desk, code, "000000" if desk.code(seed) != "000000" else "111111")
    assert finish(desk, code, desk.code(seed))
    assert desk.attempt("zhangwei", PASSWORD, desk.code(seed)).actor is None, "a code is used once"
    desk.clock.advance(30)
    assert desk.attempt("zhangwei", PASSWORD, desk.code(seed)).actor is not None
    assert join(desk, code) is None
    late = desk.run(lambda deed: enrolment.issue(deed, person_id))
    desk.clock.advance(enrolment.TICKET_SECONDS)
    assert join(desk, late) is None


@pytest.mark.clause("Y-4.2.2")
def test_wrong_invitations_lock_the_name_whoever_it_is(desk: Desk) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    code = desk.run(lambda deed: enrolment.issue(deed, person_id))
    for name in ("zhangwei", "nobody"):
        for _ in range(5):
            assert join(desk, "X" * 20, name) is None
    assert join(desk, code) is None, "locked, right or wrong"
    assert len(events(desk, "account:factor:enrol")) == 11
    desk.clock.advance(31)
    assert join(desk, code) is not None


def test_unlocking_takes_the_same_person(desk: Desk) -> None:
    seed = desk.enrol(desk.person("zhangwei", Role.AGENT))
    other = desk.actor(desk.person("wangfang", Role.AGENT))
    mine = desk.run(lambda deed: find_login(deed.uow, desk.proofs, "zhangwei"))
    assert mine is not None
    candidate = desk.run(lambda deed: sign_in.find(deed.uow, desk.proofs, "zhangwei", FAST))
    proven = sign_in.prove(candidate, PASSWORD, FAST)
    code = desk.code(seed)
    refused = desk.run(lambda deed: sign_in.confirm(deed, proven, code, CIPHER), other)
    assert refused.decision == sign_in.REFUSED
    me = desk.actor(mine["person_id"])
    assert desk.run(lambda deed: sign_in.confirm(deed, proven, code, CIPHER), me).decision.allowed


@pytest.mark.clause("S-3.3-1", "S-3.3-2", "S-3.3-3", "R-28a")
def test_role_grants_keep_the_separation_rules(desk: Desk) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)

    def grant(role: Role, maker: str, checker: str, years: float = 0.4) -> None:
        desk.run(
            lambda deed: staff.grant_role(
                deed,
                person_id=person_id,
                role=role,
                requested_by=maker,
                approved_by=checker,
                valid_until=deed.uow.now + int(YEAR * years),
            )
        )

    for role, maker, checker, years, code in (
        (Role.SUPERVISOR, person_id, CHECKER, 0.4, "separation.own_request"),
        (Role.SUPERVISOR, MAKER, person_id, 0.4, "separation.own_request"),
        (Role.SUPERVISOR, MAKER, MAKER, 0.4, "separation.own_request"),
        (Role.SUPERVISOR, MAKER, CHECKER, 0.0, "role.period_unfit"),
        (Role.SUPERVISOR, MAKER, CHECKER, 2.0, "role.period_unfit"),
        (Role.AUDITOR, MAKER, CHECKER, 0.4, "separation.admin_exclusive"),
        (Role.AGENCY_AGENT, MAKER, CHECKER, 0.4, "separation.agency_exclusive"),
        (Role.REVIEWER, MAKER, CHECKER, 0.4, "role.without_work"),
    ):
        with pytest.raises(StaffRefused) as refused:
            grant(role, maker, checker, years)
        assert refused.value.code == code
    grant(Role.SUPERVISOR, MAKER, CHECKER)
    seen = desk.actor(person_id)
    assert seen is not None
    assert seen.roles == {Role.AGENT, Role.SUPERVISOR}


@pytest.mark.clause("S-3.3-15")
def test_the_last_admin_stays(desk: Desk) -> None:
    first = desk.person("first", Role.SECURITY_ADMIN)
    with pytest.raises(StaffRefused) as refused:
        desk.run(lambda deed: staff.change_person(deed, first, state="suspended"))
    assert refused.value.code == "separation.last_admin"
    desk.person("second", Role.SECURITY_ADMIN)
    desk.run(lambda deed: staff.change_person(deed, first, state="suspended"))
    assert len(desk.run(lambda deed: holders(deed.uow, desk.proofs, Role.SECURITY_ADMIN))) == 1


@pytest.mark.clause("C-5.4c")
def test_a_revoked_role_and_a_closed_session_are_gone_at_once(desk: Desk) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    reply = desk.attempt("zhangwei", PASSWORD, desk.code(desk.enrol(person_id)))
    assert reply.actor is not None
    session_id = reply.actor.session_id or ""
    grant_id = desk.run(lambda deed: deed.uow.connection.execute(select(role_grant.c.id)).scalars().first())
    assert grant_id is not None
    assert desk.run(lambda deed: staff.revoke_role(deed, grant_id)) == person_id
    seen = desk.actor(person_id)
    assert seen is not None
    assert seen.seats == ()
    assert desk.run(lambda deed: sessions.close_sessions_of(deed, person_id, "revoked")) == (session_id,)
    assert desk.run(lambda deed: load_actor(deed.uow, desk.proofs, person_id, session_id=session_id)) is None


def _set(desk: Desk, table: Table, person_id: str, **values: object) -> None:
    key = table.c.id if table is person else table.c.person_id

    def change(deed: Hand) -> None:
        deed.uow.connection.execute(update(table).where(key == person_id).values(**values))

    desk.run(change)


@pytest.mark.clause("design-4")
@pytest.mark.parametrize(
    ("table", "values"),
    [
        (role_grant, {"role": "supervisor"}),
        (role_grant, {"valid_until": 2**60}),
        (role_grant, {"unit_id": "f" * 32}),
        (role_grant, {"requested_by": "7" * 32}),
    ],
)
def test_an_edited_seat_is_none(
    desk: Desk, broken_rows: list[tuple[str, str, str]], table: Table, values: dict[str, object]
) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    _set(desk, table, person_id, **values)
    seen = desk.actor(person_id)
    assert seen is not None
    assert seen.seats == ()
    assert broken_rows[0][0] == "role_grant"


@pytest.mark.clause("design-4")
def test_an_edited_person_login_or_factor_lets_nobody_in(desk: Desk) -> None:
    for name, table, values in (
        ("a1", person, {"trained_until": 2**60}),
        ("a2", login, {"name": "a2x"}),
        ("a3", factor, {"last_step": -1}),
    ):
        person_id = desk.person(name, Role.AGENT)
        seed = desk.enrol(person_id)
        _set(desk, table, person_id, **values)
        reply = desk.attempt(values.get("name", name), PASSWORD, desk.code(seed))  # type: ignore[arg-type]
        assert reply.decision == sign_in.REFUSED


@pytest.mark.clause("design-4")
def test_a_seat_copied_or_rolled_back_by_sql_is_none(desk: Desk) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    grant_id: str = desk.run(lambda deed: deed.uow.connection.execute(select(role_grant.c.id)).scalar_one())
    before = desk.run(lambda deed: dict(deed.uow.connection.execute(select(role_grant)).mappings().one()))
    desk.run(lambda deed: staff.revoke_role(deed, grant_id))
    _set(desk, role_grant, person_id, **{name: before[name] for name in ("state", "version", "event_id", "proof")})
    seen = desk.actor(person_id)
    assert seen is not None
    assert seen.seats == ()

    def forge(deed: Hand) -> None:
        row = {**before, "id": "5" * 32, "role": "supervisor"}
        deed.uow.connection.execute(role_grant.insert().values(row))

    desk.run(forge)
    again = desk.actor(person_id)
    assert again is not None
    assert again.seats == ()


def test_the_seed_is_sealed_and_bound_to_its_row(desk: Desk) -> None:
    person_id = desk.person("zhangwei", Role.AGENT)
    seed = desk.enrol(person_id)

    def read(uow: UnitOfWork) -> bytes:
        query = select(factor.c.secret).where(factor.c.kind == "totp", factor.c.tenant_id == DESK_TENANT)
        return bytes(uow.connection.execute(query).scalar_one())

    stored = desk.store.run(read)
    assert seed.encode() not in stored
    assert desk.run(lambda deed: deed.uow.connection.execute(text("SELECT 1")).scalar_one()) == 1
