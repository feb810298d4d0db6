"""Blind verification: what a customer says is compared with what nobody sees."""

from __future__ import annotations

from console.desk.api.base import Call, Value


class Verified(Value, frozen=True, kw_only=True):
    """Match or no match, and how many misses this customer has left before it is frozen; nothing else."""

    match: bool
    misses_left: int


class VerifyDigits(Call[Verified], frozen=True, kw_only=True, tag="verify.digits"):
    """Compare the last characters of the ID number as the customer says them: four or six, an agency four only."""

    case_id: str
    digits: str
