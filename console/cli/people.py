"""People as lines of text, for whoever may choose a seat or names a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.desk.api.session import PersonCard
    from console.texts import Texts


def people_lines(texts: Texts, people: tuple[PersonCard, ...]) -> list[str]:
    """People as a table."""
    from console.cli.output import table

    heads = [texts.t(f"cli.head.{name}") for name in ("login", "staff_no", "person", "roles", "unit")]
    return table(heads, ((one.login, one.staff_no, one.name, texts.roles(one.roles), one.unit) for one in people))
