"""Signing up: an invited person sets password and one-time code before anybody is on the line.

Signing up seats nobody; in `prod` two admins must agree to a key as well. What is wrong with an invitation is never
said; what is wrong with a password wished for is, once the invitation was right.
"""

from __future__ import annotations

from typing import Final

from access.people import enrolment, totp
from access.people.directory import person_row, unit_row
from access.people.passwords import WeakPassword, check_strength
from console.desk.act import Act, Later
from console.desk.api.base import Done, Refusal
from console.desk.api.staff import ConfirmSignUp, SigningUp, SignUp
from console.desk.kernel import handles
from console.desk.staff.targets import tell

_REFUSED: Final = Refusal(code="ticket.refused", clause="Y-4.2.2", ask=("system_admin",))
_WEAK: Final = {
    "short": "password.short",
    "long": "password.long",
    "common": "password.common",
    "guessable": "password.guessable",
    "pieces": "password.pieces",
}


@handles(SignUp)
def sign_up(act: Act, request: SignUp) -> Later[str | WeakPassword] | Refusal:
    """Invitation and password; hashing runs between two acts, and the invitation is looked at again afterwards."""
    who = _invited(act, request.login, request.invitation)
    if who is None:
        return _REFUSED
    personal, hasher, password = _personal(act, who), act.parts.hasher, request.password

    def work() -> str | WeakPassword:
        try:
            check_strength(password, personal)
        except WeakPassword as weak:
            return weak
        return hasher.hash(password)

    def finish(second: Act, encoded: str | WeakPassword) -> SigningUp | Refusal:
        again = _invited(second, request.login, request.invitation)
        if again is None:
            return _REFUSED
        if isinstance(encoded, WeakPassword):
            second.refuse(_WEAK.get(str(encoded.params.get("reason")), WeakPassword.default_code))
        seed = enrolment.begin(second, again, encoded, second.parts.keys.factor).seed
        return SigningUp(uri=totp.short_uri(seed, again.name), seed=seed)

    return Later(work, finish)


@handles(ConfirmSignUp)
def confirm_sign_up(act: Act, request: ConfirmSignUp) -> Done | Refusal:
    """A first code of the app: password and seed are in use from now on, the invitation is used up."""
    who = _invited(act, request.login, request.invitation)
    if who is None or not enrolment.confirm(act, who, request.code, act.parts.keys.factor):
        return _REFUSED
    row = person_row(act.uow, act.proofs, who.person_id)
    tell(act, who.person_id, row["unit_id"] if row is not None else None)
    return Done()


def _invited(act: Act, login: str, code: str) -> enrolment.Invited | None:
    who = enrolment.check(act, login, code)
    # A failure was logged, and must stay so although nothing else happens.
    act.logged = True
    return who


def _personal(act: Act, who: enrolment.Invited) -> tuple[str, ...]:
    """What others know of the person, so that it makes no password."""
    row = person_row(act.uow, act.proofs, who.person_id)
    unit = unit_row(act.uow, act.proofs, row["unit_id"]) if row is not None else None
    known = (who.name, *((row["staff_no"], row["name"]) if row is not None else ()))
    return (*known, *((unit["name"],) if unit is not None else ()))
