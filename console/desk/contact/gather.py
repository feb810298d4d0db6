"""The facts of a case's numbers: what it has, what was tried, what forbids, what the customer agreed to.

A debtor is known over cases and agencies by the entry under which imports merge; a number by its entry in the blind
index. Nothing is opened but the case's default masks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import RowMapping

from access.people.agencies import engaged_until
from access.policy.holds import HoldReason
from access.store.schema import case_file, case_result, case_seals, contact_consent, contact_slot, contact_stop
from console.desk.act import Act
from console.desk.api.contact import ContactRef, Means
from console.desk.cases.display import open_display, slot
from console.desk.cases.states import workable
from console.desk.contact import recorder
from console.desk.contact.facts import Attempt, Consent, Facts, Outcome
from console.desk.contact.wall import HOUR
from console.desk.work.calendar import zone_of
from masking.case_seals import CaseSeal, unpack
from masking.gm import sm3

Row = RowMapping | dict[str, Any]

OWN: Final = "mobile"
OTHERS: Final = "contact_phone"
PLACES: Final = ("home_address", "employer_address")
"""Where a customer is visited."""
_THEIRS: Final = frozenset({OWN, *PLACES})
_RELATION: Final = "contact_relation"
_DAYS_BACK: Final = 45
_ROWS: Final = 2_000
_ENTRY: Final = 16


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the case: its entry, and where it lawfully comes from."""

    contact: ContactRef
    entry: bytes
    source: str


@dataclass(frozen=True, slots=True)
class Known:
    """Everything known of a case's numbers for some means; `facts` gives what concerns one of them.

    consents: in force; asked: that wait for a second person.
    stops: rows of do-not-contact in force by the number's entry. masks: the case's default masks by slot.
    """

    row: Row
    means: Means
    zone: str
    debtor: bytes
    numbers: tuple[Number, ...]
    slots: tuple[tuple[RowMapping, Outcome], ...]
    stops: Mapping[bytes, RowMapping]
    consents: tuple[RowMapping, ...]
    asked: tuple[RowMapping, ...]
    masks: Mapping[str, str]
    hold: str | None
    reached_at: int | None
    recorder: bool
    agency: int | None

    def number(self, contact: ContactRef) -> Number | None:
        """The number of that reference."""
        return next((one for one in self.numbers if one.contact == contact), None)

    @property
    def own(self) -> frozenset[bytes]:
        """The entries of the debtor's own numbers."""
        return frozenset(one.entry for one in self.numbers if one.contact.field == OWN)

    def third(self, contact: ContactRef) -> bool:
        """Whether a reference leads to somebody else than the debtor.

        A number that the lender gave as a contact's and as the debtor's own is the debtor's own.
        """
        number = self.number(contact)
        return others(contact.field) and (number is None or number.entry not in self.own)

    def facts(self, number: Number) -> Facts:
        """What the rules ask of one number."""
        third = self.third(number.contact)
        stop = self.stops.get(number.entry)
        return Facts(
            means=self.means,
            zone=self.zone,
            third=third,
            relation=self.masks.get(slot(_RELATION, number.contact.ordinal), "").strip() if third else "",
            own_numbers=frozenset(one.hex() for one in self.own),
            attempts=tuple(self._attempt(row, outcome, number) for row, outcome in self.slots),
            reached_at=self.reached_at,
            workable=workable(self.row["state"]),
            hold=self.hold,
            stop=str(stop["reason"]) if stop is not None else "",
            source=number.source,
            recorder=self.recorder,
            agency=self.agency,
            # Whoever is no party agreed to nothing by what the debtor agreed to.
            consents=() if third else tuple(consent_of(one) for one in self.consents),
        )

    def _attempt(self, row: RowMapping, outcome: Outcome, number: Number) -> Attempt:
        return Attempt(
            at=row["reserved_at"],
            expires_at=row["expires_at"],
            outcome=outcome,
            means=Means(row["channel"]) if row["channel"] in set(Means) else self.means,
            number=bytes(row["number"]).hex(),
            same_debtor=bytes(row["debtor"]) == self.debtor,
            same_number=bytes(row["number"]) == number.entry,
            same_debt=row["case_id"] == self.row["id"],
            own=bool(row["own"]),
            inbound=bool(row["inbound"]) and outcome is not Outcome.BROKEN,
        )


def debtor_of(row: Row) -> bytes:
    """The entry under which a debtor's contacts are counted: over cases where imports know it, else the case's own."""
    return bytes(row["debtor"]) if row["debtor"] is not None else bytes.fromhex(row["id"])


def zone_at(act: Act, row: Row) -> str:
    """Where a case's customer is: an IANA name; the desk's zone where the case has none."""
    zone = str(row["zone"])
    return zone if zone_of(zone).key == zone else act.parts.settings.zone


def gather(act: Act, row: Row, means: Means) -> Known:
    """Read what is known of a whole, held case row now."""
    debtor, numbers = debtor_of(row), _numbers(act, row, means)
    consents = _consents(act, row["tenant_id"], debtor)
    return Known(
        row=row,
        means=means,
        zone=zone_at(act, row),
        debtor=debtor,
        numbers=numbers,
        slots=_slots(act, debtor, [one.entry for one in numbers]),
        stops=stops_of(act, row["tenant_id"], [one.entry for one in numbers]),
        consents=tuple(one for one in consents if one["state"] == "active"),
        asked=tuple(one for one in consents if one["state"] == "asked"),
        masks=open_display(act.parts, row),
        hold=row["hold"] or _dead(act, row),
        reached_at=_reached(act, row),
        recorder=recorder.ready(act.parts),
        agency=_agency(act, row["agency_id"]),
    )


def others(field: str) -> bool:
    """Whether what a field holds leads to somebody else than the debtor, as far as its name tells."""
    return field not in _THEIRS


def _numbers(act: Act, row: Row, means: Means) -> tuple[Number, ...]:
    """Those of the case; for a visit its places, which have no entry in the index and so are known by the debtor."""
    blob = act.db.execute(select(case_seals.c.seals).where(case_seals.c.case_id == row["id"])).scalar_one_or_none()
    wanted = frozenset(PLACES) if means is Means.VISIT else frozenset({OWN, OTHERS})
    first: dict[tuple[str, int], CaseSeal] = {}
    for one in unpack(bytes(blob)) if blob is not None else ():
        if one.field in wanted:
            # What took another's place stands before it.
            first.setdefault((one.field, one.ordinal), one)
    found = sorted(first.items(), key=lambda item: (others(item[0][0]), item[0]))
    return tuple(
        Number(ContactRef(field=field, ordinal=ordinal), entry, one.lawful_source)
        for (field, ordinal), one in found
        for entry in (_place(row, field, ordinal) if means is Means.VISIT else one.blind,)
        if entry is not None
    )


def _place(row: Row, field: str, ordinal: int) -> bytes:
    return sm3(debtor_of(row) + slot(field, ordinal).encode())[:_ENTRY]


def _slots(act: Act, debtor: bytes, numbers: list[bytes]) -> tuple[tuple[RowMapping, Outcome], ...]:
    query = (
        select(contact_slot)
        .where(
            or_(contact_slot.c.debtor == debtor, contact_slot.c.number.in_(numbers)),
            contact_slot.c.reserved_at >= act.now - _DAYS_BACK * 24 * HOUR,
        )
        .order_by(contact_slot.c.reserved_at.desc(), contact_slot.c.id.desc())
        .limit(_ROWS)
    )
    rows = act.db.execute(query).mappings().all()
    holding = {row["id"] for row in act.proofs.holding(act.uow, contact_slot, rows)}
    return tuple((row, _outcome(row) if row["id"] in holding else Outcome.BROKEN) for row in rows)


def _outcome(row: RowMapping) -> Outcome:
    return Outcome(row["outcome"]) if row["outcome"] in set(Outcome) else Outcome.BROKEN


def stops_of(act: Act, tenant_id: str, numbers: list[bytes]) -> dict[bytes, RowMapping]:
    """Stops in force, by the number's entry: active, or changed by nobody who may; what is broken stays shut."""
    query = select(contact_stop).where(contact_stop.c.tenant_id == tenant_id, contact_stop.c.number.in_(numbers))
    rows = act.db.execute(query.order_by(contact_stop.c.id)).mappings().all()
    holding = {row["id"] for row in act.proofs.holding(act.uow, contact_stop, rows)}
    return {bytes(row["number"]): row for row in rows if row["state"] == "active" or row["id"] not in holding}


def _consents(act: Act, tenant_id: str, debtor: bytes) -> tuple[RowMapping, ...]:
    """Those in force, and those that wait for a second person."""
    query = select(contact_consent).where(
        contact_consent.c.tenant_id == tenant_id,
        contact_consent.c.debtor == debtor,
        contact_consent.c.state.in_(("active", "asked")),
        contact_consent.c.expires_at > act.now,
    )
    rows = act.db.execute(query.order_by(contact_consent.c.id)).mappings().all()
    return tuple(act.proofs.holding(act.uow, contact_consent, rows))


def consent_of(row: RowMapping) -> Consent:
    """A consent's row as the rules take it."""
    return Consent(
        means=Means(row["channel"]),
        from_minute=row["from_minute"],
        until_minute=row["until_minute"],
        given_at=row["recorded_at"],
        expires_at=row["expires_at"],
    )


def _same_debtor(row: Row) -> Any:  # noqa: ANN401 - a condition
    if row["debtor"] is None:
        return case_file.c.id == row["id"]
    return and_(case_file.c.tenant_id == row["tenant_id"], case_file.c.debtor == row["debtor"])


def _dead(act: Act, row: Row) -> str | None:
    """A death noted on another case of the debtor holds on every one."""
    query = select(case_file.c.id).where(_same_debtor(row), case_file.c.hold == HoldReason.DEATH.value).limit(1)
    return HoldReason.DEATH.value if act.db.execute(query).first() is not None else None


def _reached(act: Act, row: Row) -> int | None:
    cases = select(case_file.c.id).where(_same_debtor(row))
    query = select(func.max(case_result.c.at)).where(case_result.c.case_id.in_(cases), case_result.c.reached == 1)
    found = act.db.execute(query).scalar_one_or_none()
    return int(found) if found is not None else None


def _agency(act: Act, agency_id: str | None) -> int | None:
    return None if agency_id is None else engaged_until(act.uow, act.proofs, agency_id)
