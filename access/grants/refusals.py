"""Refusals that are not the policy's: a state, a quota, a form. They look like the policy's own."""

from __future__ import annotations

from typing import NoReturn

from access.errors import Param
from access.policy import Decision, Refused
from access.roles import Role


def refuse(code: str, clause: str, *ask: Role, **params: Param) -> NoReturn:
    """End the act.

    Args:
        code: Stable refusal code.
        clause: Requirement behind it.
        *ask: Roles that could help.
        **params: Safe parameters for the text.

    Raises:
        Refused: Always.
    """
    raise Refused(Decision(allowed=False, role=None, rule=clause, code=code, clause=clause, ask=ask), **params)
