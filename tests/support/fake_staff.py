"""What a fake desk answers about accounts: every standing, long names, orders, departures, sessions, training."""

from __future__ import annotations

from typing import Any, Final

from access.policy.actions import Action
from console.desk.api import people, possession, staff, training
from console.desk.api.base import Done
from console.desk.api.people import PersonView, StaffCard, UnitCard
from console.desk.api.staff import DepartureView, OrderView, SessionView
from console.desk.api.training import TrainingEntry

NOW: Final = 1_795_329_120_000_000  # 2026-11-22 14:32 in Shanghai
DAY: Final = 86_400_000_000

STAFF_ACTS: Final[dict[str, frozenset[Action]]] = {
    "supervisor": frozenset(
        {
            Action.ACCOUNT_DEPARTURE_NOTE,
            Action.ACCOUNT_PERSON_REQUEST,
            Action.ACCOUNT_PERSON_SUSPEND,
            Action.ACCOUNT_SESSION_END,
            Action.ACCOUNT_SESSION_LIST,
            Action.ACCOUNT_TRAINING_LIST,
        }
    ),
    "security_admin": frozenset(
        {
            Action.ACCOUNT_DEPARTURE_CONFIRM,
            Action.ACCOUNT_PERSON_CHECK,
            Action.ACCOUNT_PERSON_SUSPEND,
            Action.ACCOUNT_SESSION_END,
            Action.ACCOUNT_SESSION_LIST,
        }
    ),
    "system_admin": frozenset(
        {
            Action.ACCOUNT_AGREEMENT_RECORD,
            Action.ACCOUNT_DEPARTURE_CARRY_OUT,
            Action.ACCOUNT_DEPARTURE_NOTE,
            Action.ACCOUNT_PERSON_INVITE,
            Action.ACCOUNT_PERSON_REACTIVATE,
            Action.ACCOUNT_PERSON_RESET,
            Action.ACCOUNT_PERSON_SUSPEND,
            Action.ACCOUNT_PERSON_UNLOCK,
            Action.ACCOUNT_SESSION_END,
            Action.ACCOUNT_SESSION_LIST,
            Action.ACCOUNT_TRAINING_CHECK,
            Action.ACCOUNT_TRAINING_LIST,
            Action.ACCOUNT_TRAINING_RECORD,
        }
    ),
}
_STANDINGS: Final = (
    "active",
    "leaving",
    "suspended",
    "untrained",
    "no_agreement",
    "locked",
    "invited",
    "uninvited",
    "pending",
    "frozen",
    "left",
)
_NAMES: Final = ("张伟", "欧阳建国", "Bartholomew Featherstonehaugh", "阿卜杜拉·买买提江")


def staff_card(number: int, standing: str) -> StaffCard:
    """The card with that number."""
    return StaffCard(
        person_id=f"p{number}",
        staff_no=f"A{173 + number:04d}",
        name=_NAMES[number % len(_NAMES)],
        login=f"login{number}.{standing}",
        roles=("agent",) if number % 3 else ("supervisor", "agent"),
        unit="一组" if number % 2 else "华东区第一电话催收二组",
        unit_id="u1",
        standing=standing,
        gates=("training",) if standing == "untrained" else (),
        last_day="2026-12-31" if standing == "leaving" else "",
        sessions=number % 2,
        trained_until=NOW + 40 * DAY,
    )


class StaffAnswers:
    """Mixed into the fake desk. `crew`: who there is."""

    crew: tuple[StaffCard, ...] = tuple(staff_card(number, one) for number, one in enumerate(_STANDINGS))

    def _ListPeople(self, _: people.ListPeople) -> people.PeopleList:  # noqa: N802 - named after the call
        units = (UnitCard(unit_id="u1", name="一组", kind="team"), UnitCard(unit_id="u2", name="二组", kind="team"))
        return people.PeopleList(people=self.crew, units=units)

    def _ListKeys(self, _: possession.ListKeys) -> possession.KeyList:  # noqa: N802
        keys = [
            possession.KeyView(
                factor_id=f"k{number}",
                person_id=card.person_id,
                staff_no=card.staff_no,
                name=card.name,
                kind="sk-ssh-ed25519@openssh.com" if number else "ssh-ed25519",
                fingerprint="SHA256:" + "abcDEF+/" * 5 + "abc",
                token=bool(number),
                state="active" if number else "pending",
                until=0 if number else NOW + 30 * DAY,
                asked_by="E0001",
                mine=False,
            )
            for number, card in enumerate(self.crew)
        ]
        return possession.KeyList(keys=tuple(keys))

    def _ReadPerson(self, request: people.ReadPerson) -> PersonView:  # noqa: N802
        card = next(one for one in self.crew if one.person_id == request.person_id)
        return PersonView(
            card=card,
            factors=("password", "totp"),
            invited_until=NOW + DAY,
            locked_until=None,
            agreement_until=NOW + 300 * DAY,
            agreement_signed=True,
            cases=38,
            roles_until=(("agent", NOW + 90 * DAY),),
            order="reset",
            departure="notified",
            departure_kind="leave",
        )

    def _ListOrders(self, _: staff.ListOrders) -> staff.OpenOrders:  # noqa: N802
        orders = tuple(
            OrderView(
                order_id=f"o{number}",
                kind=kind,
                state="open",
                person_id=None if kind == "hire" else f"p{number}",
                staff_no=f"A03{number:02d}",
                name=_NAMES[number % len(_NAMES)],
                login=f"login{number}",
                unit="华东区第一电话催收二组",
                unit_id="u1",
                reason="扩编，接手二组的旧案",
                asked_by="李娜",
                asked_at=NOW,
                mine=kind == "reset",
            )
            for number, kind in enumerate(("hire", "check", "reset", "reactivate"))
        )
        departures = tuple(
            DepartureView(
                departure_id=f"d{number}",
                person_id=f"p{number}",
                staff_no=f"A04{number:02d}",
                name=_NAMES[number % len(_NAMES)],
                kind=kind,
                state=state,
                unit="一组",
                to_unit="二组" if kind == "transfer" else "",
                last_day="2026-12-31" if state == "notified" else "",
                reason="个人原因",
                noted_by="李娜",
                noted_at=NOW,
                cases=12,
                reveals=4,
                searches=11,
                exports=0,
                mine=False,
            )
            for number, (kind, state) in enumerate(
                (("leave", "notified"), ("leave", "credentials_revoked"), ("transfer", "approvals_rerouted"))
            )
        )
        return staff.OpenOrders(orders=orders, departures=departures)

    def _ListSessions(self, _: staff.ListSessions) -> staff.SessionList:  # noqa: N802
        return staff.SessionList(
            sessions=tuple(
                SessionView(
                    session_id=f"s{number}",
                    person_id=f"p{number}",
                    staff_no=f"A{173 + number:04d}",
                    name=_NAMES[number],
                    roles=("agent",),
                    since=NOW - number * 60_000_000,
                    source="[2001:db8:85a3:8d3:1319:8a2e:370:7348]:50022" if number == 2 else "10.2.0.17:50022",
                    terminal=f"pts/{number}",
                    state=("active", "locked", "away", "active")[number],
                    mine=number == 0,
                )
                for number in range(4)
            )
        )

    def _ListTraining(self, _: training.ListTraining) -> training.Ledger:  # noqa: N802
        entries = tuple(
            TrainingEntry(
                record_id=f"t{number}",
                person_id=f"p{number}",
                staff_no=f"A{173 + number:04d}",
                name=_NAMES[number],
                kind=("induction", "quarterly", "exam", "quarterly")[number],
                held_on="2026-10-12",
                minutes=240,
                score=None if number else 91,
                passed=number != 1,
                content="客户信息保护与个人信息安全规范专题（第四季度）",
                valid_until=NOW + 40 * DAY,
                state=("effective", "waiting", "struck", "effective")[number],
                entered_by="Zoe",
                checked_by="",
            )
            for number in range(4)
        )
        return training.Ledger(entries=entries, whole=True, trained_until=NOW, agreement_until=None, gates=())

    def _InvitePerson(self, request: staff.InvitePerson) -> staff.Invitation:  # noqa: N802
        card = next(one for one in self.crew if one.person_id == request.person_id)
        return staff.Invitation(login=card.login, code="T7PRU-AJ4CG-EUULU-YXXXY", valid_until=NOW + DAY)

    def _MakePerson(self, request: staff.MakePerson) -> staff.PersonMade:  # noqa: N802
        return staff.PersonMade(card=staff_card(1, "uninvited"), namesakes=("A0173",) if request.name else ())

    def _SignUp(self, request: staff.SignUp) -> staff.SigningUp:  # noqa: N802
        seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        return staff.SigningUp(uri=f"otpauth://totp/Veildesk:{request.login}?secret={seed}", seed=seed)

    def _done(self, _: Any) -> Done:
        return Done()

    _ConfirmSignUp = _SuspendPerson = _UnlockPerson = _EndSession = _RecordAgreement = _done
