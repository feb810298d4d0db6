"""What a person proves themselves with: password, one-time code, and the ticket that sets up both.

Secrets are stored as Argon2id strings, seeds sealed under the key ring's factor key and bound to their row, and
digests of tickets. A person has one active factor of a kind; where two hold, none counts.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Event
from access.context import SECOND
from access.errors import AccessError
from access.people import totp
from access.people.deed import Deed
from access.people.directory import held_rows, person_row
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, factor
from masking.gm import sm3
from masking.sealing import FieldCipher, SealContext

PASSWORD: Final = "password"  # noqa: S105 - a kind of factor
TOTP: Final = "totp"
TICKET: Final = "ticket"
TICKET_SECONDS: Final = 24 * 3600
_SET: Final = "account:factor:set"
_TICKET_BYTES: Final = 20
_EXPIRY_BYTES: Final = 8


class TicketRefused(AccessError):
    """An enrolment ticket is unknown, used, replaced or too old; which of them is not said."""

    default_code = "ticket.refused"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A fresh one-time-code secret, to be shown once. Its text form hides it.

    Attributes:
        person_id: Whose.
        seed: Secret in base 32.
    """

    person_id: str
    seed: str

    def __repr__(self) -> str:
        return f"Enrolment(person_id={self.person_id!r}, seed hidden)"

    def uri(self, login: str, desk: str) -> str:
        """Return the address an authenticator app reads."""
        return totp.provisioning_uri(self.seed, login, desk)


def active_factor(uow: UnitOfWork, proofs: RowProofs, person_id: str, kind: str) -> RowMapping | None:
    """Return the person's one active factor of a kind that holds."""
    where = (factor.c.person_id == person_id, factor.c.kind == kind, factor.c.state == "active")
    found = held_rows(uow, proofs, factor, *where)
    return found[0] if len(found) == 1 else None


def set_password(deed: Deed, person_id: str, encoded: str) -> None:
    """Give the person a new password, hashed before (hashing takes long and belongs outside the unit of work).

    The caller has checked its strength.
    """
    _replace(deed, person_id, PASSWORD, deed.uow.ids.new(), encoded.encode())


def set_totp(deed: Deed, person_id: str, cipher: FieldCipher, seed: str | None = None) -> Enrolment:
    """Give the person a new one-time-code secret, sealed for its row.

    Args:
        deed: Who does it.
        person_id: Whose it is.
        cipher: The key ring's `factor` cipher.
        seed: A known secret, for a demo desk; else a fresh one.
    """
    fresh = seed or totp.new_seed()
    factor_id = deed.uow.ids.new()
    sealed = cipher.seal(fresh, _context(factor_id, person_id, cipher.key_id))
    _replace(deed, person_id, TOTP, factor_id, sealed)
    return Enrolment(person_id, fresh)


def open_seed(row: RowMapping, cipher: FieldCipher) -> str:
    """Return the one-time-code secret of a factor row.

    Raises:
        SealBroken: It is another row's, another person's, or was changed.
    """
    return cipher.open(bytes(row["secret"]), _context(row["id"], row["person_id"], cipher.key_id))


def issue_ticket(deed: Deed, person_id: str) -> str:
    """Return a one-time ticket with which the person sets password and one-time code; good for a day.

    An earlier ticket of the person is void from now on.
    """
    token = secrets.token_urlsafe(_TICKET_BYTES)
    until = deed.uow.now + TICKET_SECONDS * SECOND
    secret = until.to_bytes(_EXPIRY_BYTES, "big") + sm3(token.encode())
    _replace(deed, person_id, TICKET, deed.uow.ids.new(), secret)
    return token


def redeem_ticket(deed: Deed, person_id: str, token: str, encoded: str, cipher: FieldCipher) -> Enrolment:
    """Use the ticket up: set the password (already hashed) and a fresh one-time code.

    Raises:
        TicketRefused: It is not the person's valid ticket.
    """
    row = active_factor(deed.uow, deed.proofs, person_id, TICKET)
    stored = bytes(row["secret"]) if row is not None else b"\0" * (_EXPIRY_BYTES + 32)
    until = int.from_bytes(stored[:_EXPIRY_BYTES], "big")
    fits = secrets.compare_digest(stored[_EXPIRY_BYTES:], sm3(token.encode(errors="replace")))
    if row is None or not fits or deed.uow.now >= until or person_row(deed.uow, deed.proofs, person_id) is None:
        raise TicketRefused
    _retire(deed, row)
    set_password(deed, person_id, encoded)
    return set_totp(deed, person_id, cipher)


def use_step(deed: Deed, row: RowMapping, step: int, event: Event) -> None:
    """Note a one-time code as used, by compare-and-set, with the event of the act that it proved.

    Raises:
        StaleRow: Somebody used a code of this factor meanwhile.
    """
    deed.proofs.update(deed.uow, factor, row["id"], row["version"], {"last_step": step}, event)


def _replace(deed: Deed, person_id: str, kind: str, factor_id: str, secret: bytes) -> None:
    where = (factor.c.person_id == person_id, factor.c.kind == kind, factor.c.state == "active")
    for old in held_rows(deed.uow, deed.proofs, factor, *where):
        _retire(deed, old)
    values = {
        "id": factor_id,
        "tenant_id": DESK_TENANT,
        "person_id": person_id,
        "kind": kind,
        "secret": secret,
        "last_step": 0,
        "state": "active",
    }
    event = deed.event(_SET, object_kind="person", object_id=person_id, detail=((DetailKey.FACTOR, kind),))
    deed.proofs.insert(deed.uow, factor, values, event)


def _retire(deed: Deed, row: RowMapping) -> None:
    event = deed.event(
        "account:factor:retire",
        object_kind="person",
        object_id=row["person_id"],
        detail=((DetailKey.FACTOR, row["kind"]),),
    )
    deed.proofs.update(deed.uow, factor, row["id"], row["version"], {"state": "replaced"}, event)


def _context(factor_id: str, person_id: str, key_id: int) -> SealContext:
    return SealContext(DESK_TENANT, "factor", factor_id, person_id, "seed", key_id)
