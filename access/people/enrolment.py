"""An invited person's first steps: a one-time code handed over by another channel, a password, a one-time-code app.

The code is good once and for a day. Nothing is in use until the person has shown that the app works: password and seed
wait beside the code, so that somebody who lost the line in the middle begins again with the same code. A wrong code is
counted under the login name like a wrong password; which part was wrong is never said.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND
from access.errors import AccessError
from access.people import totp
from access.people.deed import Deed, log
from access.people.directory import find_login, person_row
from access.people.factors import (
    PASSWORD,
    PENDING,
    TICKET,
    TOTP,
    Enrolment,
    activate,
    active_factor,
    open_seed,
    put,
    retire,
    set_password,
    set_totp,
)
from access.people.lockout import Backoff, count_failure, forget_failures, locked_until
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from masking.errors import MaskingError
from masking.gm import sm3
from masking.sealing import FieldCipher

TICKET_SECONDS: Final = 24 * 3600
# No letters and digits that are mistaken for each other when read out or copied from paper.
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH: Final = 20  # 100 bits
_GROUP: Final = 5
_EXPIRY_BYTES: Final = 8
_ACTION: Final = "account:factor:enrol"


class TicketRefused(AccessError):
    """An invitation is unknown, used, replaced or too old, or the code shown is wrong; which of them is not said."""

    default_code = "ticket.refused"


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody whose invitation was right. The login's name is as typed."""

    person_id: str
    name: str


def issue(deed: Deed, person_id: str) -> str:
    """Return a one-time code with which the person sets password and one-time code; good for a day.

    An earlier one of the person is void from now on.
    """
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    until = deed.uow.now + TICKET_SECONDS * SECOND
    put(deed, person_id, TICKET, deed.uow.ids.new(), until.to_bytes(_EXPIRY_BYTES, "big") + _digest(code))
    return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def valid_until(uow: UnitOfWork, proofs: RowProofs, person_id: str) -> int | None:
    """Return until when the person's invitation is good; none without one in force."""
    row = active_factor(uow, proofs, person_id, TICKET)
    until = int.from_bytes(bytes(row["secret"])[:_EXPIRY_BYTES], "big") if row is not None else 0
    return until if until > uow.now else None


def check(deed: Deed, name: str, code: str, backoff: Backoff | None = None) -> Invited | None:
    """Return who was invited by this code; else count and log the failure and return none, which must be committed."""
    login = find_login(deed.uow, deed.proofs, name.strip())
    row = active_factor(deed.uow, deed.proofs, login["person_id"], TICKET) if login is not None else None
    stored = bytes(row["secret"]) if row is not None else b"\0" * (_EXPIRY_BYTES + 32)
    fits = secrets.compare_digest(stored[_EXPIRY_BYTES:], _digest(code))
    known = person_row(deed.uow, deed.proofs, login["person_id"]) if login is not None else None
    open_ = known is not None and known["state"] == "active"
    in_time = int.from_bytes(stored[:_EXPIRY_BYTES], "big") > deed.uow.now
    if login is not None and fits and open_ and in_time and locked_until(deed.uow, _key(name)) <= deed.uow.now:
        return Invited(login["person_id"], name.strip())
    fail(deed, name, login, backoff)
    return None


def fail(deed: Deed, name: str, login: RowMapping | None, backoff: Backoff | None = None) -> None:
    """Count and log a wrong invitation or a wrong first code."""
    if locked_until(deed.uow, _key(name)) <= deed.uow.now:
        count_failure(deed.uow, _key(name), backoff or Backoff())
    log(
        deed,
        _ACTION,
        result="refused",
        rule=TicketRefused.default_code,
        object_kind="login",
        object_id=login["id"] if login is not None else None,
    )


def begin(deed: Deed, who: Invited, encoded: str, cipher: FieldCipher) -> Enrolment:
    """Keep a password (already hashed, its strength checked) and a fresh seed beside the invitation, not yet in use."""
    set_password(deed, who.person_id, encoded, PENDING)
    return set_totp(deed, who.person_id, cipher, state=PENDING)


def confirm(deed: Deed, who: Invited, code: str, cipher: FieldCipher) -> bool:
    """Put password and seed into use if this is a code of it, and use the invitation up; else count and log a failure.

    What a failure counted must be committed, so it is returned, not raised.
    """
    seed_row = active_factor(deed.uow, deed.proofs, who.person_id, TOTP, PENDING)
    password = active_factor(deed.uow, deed.proofs, who.person_id, PASSWORD, PENDING)
    step = _step(seed_row, code, cipher, deed.uow.now)
    if seed_row is None or password is None or step is None:
        fail(deed, who.name, find_login(deed.uow, deed.proofs, who.name))
        return False
    retire(deed, who.person_id, (TICKET,))
    activate(deed, password)
    activate(deed, seed_row, last_step=step)
    forget_failures(deed.uow, _key(who.name))
    forget_failures(deed.uow, who.name)
    log(
        deed,
        _ACTION,
        object_kind="person",
        object_id=who.person_id,
        person_id=who.person_id,
        detail=((DetailKey.FACTOR, TOTP),),
    )
    return True


def _step(row: RowMapping | None, code: str, cipher: FieldCipher, now: int) -> int | None:
    if row is None:
        return None
    try:
        return totp.matching_step(open_seed(row, cipher), code, now, row["last_step"])
    except MaskingError:
        return None


def _digest(code: str) -> bytes:
    plain = "".join(mark for mark in code.upper() if mark.isalnum())
    return sm3(plain.encode(errors="replace"))


def _key(name: str) -> str:
    """Invitations are counted apart from sign-ins of the same name."""
    return f"invitation {name.strip()}"
