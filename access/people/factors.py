"""What a person proves themselves with: password and one-time code; the third, a key, is `access.people.possession`'s.

Secrets are stored as Argon2id strings and seeds sealed under the key ring's factor key and bound to their row. A person
has one active factor of a kind; where two hold, none counts. How the first come about is `access.people.enrolment`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Event
from access.people import totp
from access.people.deed import Deed
from access.people.directory import held_rows
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, factor
from masking.sealing import FieldCipher, SealContext

PASSWORD: Final = "password"  # noqa: S105 - a kind of factor
TOTP: Final = "totp"
TICKET: Final = "ticket"
SSH_KEY: Final = "ssh_key"
LOCAL_KEY: Final = "local_key"
KINDS: Final = (PASSWORD, TOTP, TICKET, SSH_KEY, LOCAL_KEY)
ACTIVE: Final = "active"
PENDING: Final = "pending"
REPLACED: Final = "replaced"
_SET: Final = "account:factor:set"


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


def active_factor(
    uow: UnitOfWork, proofs: RowProofs, person_id: str, kind: str, state: str = ACTIVE
) -> RowMapping | None:
    """Return the person's one factor of a kind that holds and is in use, or in another state that is asked for."""
    where = (factor.c.person_id == person_id, factor.c.kind == kind, factor.c.state == state)
    found = held_rows(uow, proofs, factor, *where)
    return found[0] if len(found) == 1 else None


def set_password(deed: Deed, person_id: str, encoded: str, state: str = ACTIVE) -> None:
    """Give the person a new password, hashed before (hashing takes long and belongs outside the unit of work).

    The caller has checked its strength.
    """
    put(deed, person_id, PASSWORD, deed.uow.ids.new(), encoded.encode(), state)


def set_totp(
    deed: Deed, person_id: str, cipher: FieldCipher, seed: str | None = None, state: str = ACTIVE
) -> Enrolment:
    """Give the person a new one-time-code secret, sealed for its row.

    Args:
        deed: Who does it.
        person_id: Whose it is.
        cipher: The key ring's `factor` cipher.
        seed: A known secret, for a demo desk; else a fresh one.
        state: `active`, or `pending` until the person has shown a code of it.
    """
    fresh = seed or totp.new_seed()
    factor_id = deed.uow.ids.new()
    sealed = cipher.seal(fresh, _context(factor_id, person_id, cipher.key_id))
    put(deed, person_id, TOTP, factor_id, sealed, state)
    return Enrolment(person_id, fresh)


def open_seed(row: RowMapping, cipher: FieldCipher) -> str:
    """Return the one-time-code secret of a factor row.

    Raises:
        SealBroken: It is another row's, another person's, or was changed.
    """
    return cipher.open(bytes(row["secret"]), _context(row["id"], row["person_id"], cipher.key_id))


def use_step(deed: Deed, row: RowMapping, step: int, event: Event) -> None:
    """Note a one-time code as used, by compare-and-set, with the event of the act that it proved.

    Raises:
        StaleRow: Somebody used a code of this factor meanwhile.
    """
    deed.proofs.update(deed.uow, factor, row["id"], row["version"], {"last_step": step}, event)


def put(  # noqa: PLR0917 - one row
    deed: Deed, person_id: str, kind: str, factor_id: str, secret: bytes, state: str = ACTIVE
) -> None:
    """Write a factor in the place of those of its kind and state that were there."""
    for old in _held(deed, person_id, (kind,), state):
        _move(deed, old, REPLACED, "account:factor:retire")
    values = {
        "id": factor_id,
        "tenant_id": DESK_TENANT,
        "person_id": person_id,
        "kind": kind,
        "secret": secret,
        "last_step": 0,
        "state": state,
    }
    event = deed.event(
        _SET,
        object_kind="person",
        object_id=person_id,
        detail=((DetailKey.FACTOR, kind), (DetailKey.STATE, state)),
    )
    deed.proofs.insert(deed.uow, factor, values, event)


def activate(deed: Deed, row: RowMapping, **changes: int) -> None:
    """Put a pending factor into use in the place of the one before.

    Raises:
        StaleRow: Somebody else changed it meanwhile.
    """
    for old in _held(deed, row["person_id"], (row["kind"],), ACTIVE):
        _move(deed, old, REPLACED, "account:factor:retire")
    _move(deed, row, ACTIVE, _SET, **changes)


def retire(deed: Deed, person_id: str, kinds: tuple[str, ...] = KINDS) -> int:
    """Take a person's factors of these kinds out of use, pending ones too; return how many."""
    rows = [*_held(deed, person_id, kinds, ACTIVE), *_held(deed, person_id, kinds, PENDING)]
    for row in rows:
        _move(deed, row, REPLACED, "account:factor:retire")
    return len(rows)


def _held(deed: Deed, person_id: str, kinds: tuple[str, ...], state: str) -> list[RowMapping]:
    where = (factor.c.person_id == person_id, factor.c.kind.in_(kinds), factor.c.state == state)
    return held_rows(deed.uow, deed.proofs, factor, *where)


def _move(deed: Deed, row: RowMapping, state: str, action: str, **changes: int) -> None:
    event = deed.event(
        action,
        object_kind="person",
        object_id=row["person_id"],
        detail=((DetailKey.FACTOR, row["kind"]), (DetailKey.STATE, state)),
    )
    deed.proofs.update(deed.uow, factor, row["id"], row["version"], {"state": state, **changes}, event)


def _context(factor_id: str, person_id: str, key_id: int) -> SealContext:
    return SealContext(DESK_TENANT, "factor", factor_id, person_id, "seed", key_id)
