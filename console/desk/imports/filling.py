"""A case being filled: its key, which places its fields have, its masks, and what of it is new.

A field that a case has already is left as it is; a phone or card of the debtor's is added beside the others when its
blind entry is not among theirs, a contact when its phone is new to the case. An address that a later file says for the
first time takes the place of the one before, which stays sealed behind it. Values are sealed here and nowhere kept.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final, Protocol

import msgspec

from console.desk.imports import fields as f
from console.desk.imports.bundle import Bundle, Growth, KnownCase, Row
from console.desk.imports.rows import CaseRow
from masking.blind import BlindIndex, BlindKind
from masking.case_keys import Kek, Purpose, new_case_key, unwrap, wrap
from masking.case_seals import SEALED_IN, CaseSeal, pack, unpack
from masking.catalogue import Catalogue
from masking.masks import MaskCode, render
from masking.sealing import FieldCipher

_BLIND_KINDS: Final = {
    f.MOBILE: BlindKind.PHONE,
    f.CONTACT_PHONE: BlindKind.PHONE,
    f.ID_NUMBER: BlindKind.ID_NUMBER,
    f.CARD: BlindKind.BANK_CARD,
}
_BESIDE: Final = frozenset({f.MOBILE, f.CARD})
_PRIORITY, _DAYS, _DUE, _ACCOUNTS, _DISPLAY = 8, 9, 10, 12, 18
_TEXTS_KEPT: Final = 1000
_HIDDEN: Final = "****"
_encode: Final = msgspec.msgpack.Encoder().encode


class SealingKeys(Protocol):
    """The keys an import needs: `masking.keys.WorkerKeys`, whose ciphers open nothing."""

    display: FieldCipher
    kek: Kek
    blind: BlindIndex


class NewIds(Protocol):
    """Where ids come from."""

    def new(self) -> str:
        """A fresh id."""
        ...


class Batch(msgspec.Struct, frozen=True, array_like=True):
    """What all rows of a batch have in common.

    Attributes:
        batch_id: The import.
        event_id: The event that began it, which its rows name.
        tenant_id: Creditor.
        source_id: Lender's source.
        unit_id: Team whose pool the cases enter.
        agency_id: The same, when that team is an agency.
        currency: When the file names none.
        zone: IANA zone of the cases.
    """

    batch_id: str
    event_id: str
    tenant_id: str
    source_id: str
    unit_id: str
    agency_id: str | None
    currency: str
    zone: str


@dataclass(slots=True)
class FilledCase:
    """A case that rows of one chunk are added to.

    Attributes:
        case_id: Its id.
        cipher: Seals its fields.
        own: It belongs to this batch.
        seals: What it holds already.
        places: Field to highest ordinal in use.
        blinds: Blind entries it has.
        own_blinds: Of the debtor's own phones and cards.
        masks: Slot to widest default mask.
        known: The case as the desk told of it; none for one that this chunk makes.
        row: Its row in this chunk's bundle, when this chunk makes it.
        growth: What this chunk adds to it, when an earlier chunk made it.
        new: Field, ordinal, value and blind entry of what is to be sealed when the chunk ends.
    """

    case_id: str
    cipher: FieldCipher
    own: bool
    seals: list[CaseSeal] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    blinds: set[bytes] = field(default_factory=set)
    own_blinds: set[bytes] = field(default_factory=set)
    masks: dict[str, str] = field(default_factory=dict)
    known: KnownCase | None = None
    row: Row | None = None
    growth: Growth | None = None
    new: list[tuple[str, int, str, bytes | None]] = field(default_factory=list)


def slot(name: str, ordinal: int) -> str:
    """How the display blob names a field: `mobile`, and `mobile#2` for the second."""
    return name if ordinal == 1 else f"{name}#{ordinal}"


class Filler:
    """Makes and fills cases of one batch.

    Args:
        batch: what the rows share.
        keys: what they are sealed with.
        catalogue: the widest default mask of each field.
        ids: new ids.
    """

    def __init__(self, batch: Batch, keys: SealingKeys, catalogue: Catalogue, ids: NewIds) -> None:
        self._batch = batch
        self._keys = keys
        self._ids = ids
        self._codes: dict[str, MaskCode] = {name: catalogue.display_code(name) for name in catalogue.fields}
        # A file names few products, in very many rows.
        self._texts: dict[str, str] = {}

    def new_case(self, bundle: Bundle, debtor: bytes | None) -> FilledCase:
        """A case with a key of its own."""
        batch, case_id = self._batch, self._ids.new()
        key = new_case_key()
        row: Row = [
            case_id, batch.tenant_id, batch.batch_id, debtor, batch.unit_id, batch.agency_id, None, 0, 0,
            0, 0, batch.currency, 0, "", None, batch.zone, key.version,
            wrap(self._keys.kek, key, batch.tenant_id, case_id), b"", 1, batch.event_id,
        ]  # fmt: skip
        bundle.cases.append(row)
        return FilledCase(case_id, key.cipher(), own=True, row=row)

    def known_case(self, known: KnownCase) -> FilledCase:
        """A case that is in the store; its key seals, and opens nothing."""
        key = unwrap(self._keys.kek, known.wrapped_key, self._batch.tenant_id, known.case_id, Purpose.IMPORT)
        case = FilledCase(
            known.case_id, key.cipher(), own=known.own, seals=unpack(known.seals), masks=dict(known.masks), known=known
        )
        for seal in case.seals:
            case.places[seal.field] = max(case.places.get(seal.field, 0), seal.ordinal)
            if seal.blind is not None:
                case.blinds.add(seal.blind)
                if seal.field in _BESIDE:
                    case.own_blinds.add(seal.blind)
        return case

    def add_account(self, bundle: Bundle, case: FilledCase, row: CaseRow, bill: bytes, loan: bytes) -> None:
        """One loan of the debtor; `bill` and `loan` are its blind entries."""
        batch, figures = self._batch, row.figures
        ordinal = case.places.get(f.LOAN, 0) + 1
        case.places[f.LOAN] = ordinal
        case.new.append((f.LOAN, ordinal, row.loan, loan))
        self._index(bundle, case, loan)
        tail = render(self._codes[f.LOAN], row.loan)
        due, days = int(figures["due"]), int(figures["days_past_due"])
        get = figures.get
        product, currency = self._plain_text(f.PRODUCT, str(get("product", ""))), get("currency", batch.currency)
        bundle.accounts.append([
            self._ids.new(), batch.tenant_id, case.case_id, batch.batch_id, bill, loan, ordinal, tail, row.period,
            product, currency, get("credit_limit"), get("principal"),
            get("interest"), get("fees"), due, get("rate"), days, get("due_date"), get("last_paid"),
            get("last_paid_on"), "open", row.number,
        ])  # fmt: skip
        if case.row is not None:
            case.row[_ACCOUNTS] += 1
            case.row[_DUE] += due
            case.row[_DAYS] = case.row[_PRIORITY] = max(case.row[_DAYS], days)
        elif case.own:
            grown = self._growth(bundle, case)
            grown.accounts += 1
            grown.due += due
            grown.days_past_due = max(grown.days_past_due, days)

    def _plain_text(self, name: str, value: str) -> str:
        """A text that stands in the account unsealed; hidden whole when a person's number stands in it.

        Beside a number a name is seldom far, and no mask would know it.
        """
        known = self._texts.get(value)
        if known is None:
            if len(self._texts) >= _TEXTS_KEPT:
                self._texts.clear()
            known = self._texts[value] = value if render(self._codes[name], value) == value else _HIDDEN
        return known

    def add_fields(self, bundle: Bundle, case: FilledCase, row: CaseRow) -> None:
        """What the row says of the debtor and of contacts, as far as the case does not have it."""
        first = not case.masks
        contacts: dict[int, list[tuple[str, str]]] = {}
        for name, ordinal, value in row.sealed:
            if name in f.CONTACT_FIELDS:
                contacts.setdefault(ordinal, []).append((name, value))
                continue
            kind = _BLIND_KINDS.get(name)
            blind = None if kind is None else self._keys.blind.entry(self._batch.tenant_id, kind, value)
            if name in _BESIDE:
                if blind is not None and blind not in case.own_blinds:
                    case.own_blinds.add(blind)
                    self._add(bundle, case, (name, case.places.get(name, 0) + 1, value), blind)
            elif name in f.RENEWED:
                self._renew(bundle, case, name, value)
            elif name not in case.places:
                self._add(bundle, case, (name, 1, value), blind)
        for parts in contacts.values():
            self._contact(bundle, case, parts, first=first)

    def _renew(self, bundle: Bundle, case: FilledCase, name: str, value: str) -> None:
        """An address: the first there is, or one that this lender has not said of this case before."""
        known = name in case.places
        if known and case.own:
            return
        mark = self._keys.blind.entry(self._batch.tenant_id, BlindKind.CONTACT, f"{case.case_id}/{name}/{value}")
        if mark in case.blinds:
            return
        case.blinds.add(mark)
        self._put(case, (name, 1, value), mark)
        bundle.renewed += known

    def _contact(self, bundle: Bundle, case: FilledCase, parts: list[tuple[str, str]], *, first: bool) -> None:
        phone = next((value for name, value in parts if name == f.CONTACT_PHONE), "")
        blind = self._keys.blind.entry(self._batch.tenant_id, BlindKind.PHONE, phone) if phone else None
        new = blind not in case.blinds if phone else f.CONTACT_NAME not in case.places
        if first or new:
            place = 1 + max(case.places.get(name, 0) for name in f.CONTACT_FIELDS)
            for name, value in parts:
                self._add(bundle, case, (name, place, value), blind if name == f.CONTACT_PHONE else None)

    def finish(self, bundle: Bundle, case: FilledCase) -> None:
        """Seal what is new of the case, each field alone, and its masks."""
        if not case.new:
            return
        batch = self._batch
        tenant_id, case_id, version = batch.tenant_id, case.case_id, case.cipher.key_id
        values = [(f"{case_id}/{slot(name, ordinal)}", name, value) for name, ordinal, value, _ in case.new]
        sealed = case.cipher.seal_case(tenant_id, SEALED_IN, case_id, values)
        lawful = f.LAWFUL_SOURCES.get
        new = [
            (name, ordinal, version, lawful(name, ""), blind, value)
            for (name, ordinal, _, blind), value in zip(case.new, sealed, strict=True)
        ]
        # What stands first at a place is what holds there; what it took the place of stays behind it.
        seals = pack([*reversed(new), *case.seals])
        case.new.clear()
        masks = (case_id, "display", _encode(case.masks))
        blob = self._keys.display.seal_case(tenant_id, "case_file", case_id, (masks,))[0]
        if case.row is not None:
            case.row[_DISPLAY] = blob
            bundle.seals.append([case_id, tenant_id, 1, seals])
        elif case.own:
            grown = self._growth(bundle, case)
            grown.display, grown.seals = blob, seals
        elif case.known is not None:
            bundle.added.append([case_id, tenant_id, case.known.seen, case.known.seen_version, blob, seals])

    @staticmethod
    def _growth(bundle: Bundle, case: FilledCase) -> Growth:
        if case.growth is None:
            case.growth = Growth(case.case_id, 0, 0, 0, b"", b"")
            bundle.grown.append(case.growth)
        return case.growth

    def _add(self, bundle: Bundle, case: FilledCase, part: tuple[str, int, str], blind: bytes | None) -> None:
        self._put(case, part, blind)
        if blind is not None:
            self._index(bundle, case, blind)

    def _put(self, case: FilledCase, part: tuple[str, int, str], blind: bytes | None) -> None:
        name, ordinal, value = part
        case.new.append((name, ordinal, value, blind))
        case.places[name] = ordinal
        code = self._codes[name]
        if code is not MaskCode.NONE:
            case.masks[slot(name, ordinal)] = render(code, value, ordinal=ordinal)

    def _index(self, bundle: Bundle, case: FilledCase, blind: bytes) -> None:
        if blind not in case.blinds:
            case.blinds.add(blind)
            (bundle.blinds if case.own else bundle.added_blinds).append([blind, case.case_id, self._batch.tenant_id])


def same_name(name: str) -> str:
    """A name without what differs between two spellings of it: width, case, spaces, dots."""
    if name.isalnum() and unicodedata.is_normalized("NFKC", name):
        return name.casefold()
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum())
