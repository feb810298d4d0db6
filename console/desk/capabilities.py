"""Every capability of the desk: importing them registers their handlers; `recover` lets them clean up after a crash."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from console.desk.parts import Parts

MODULES: Final = (
    "console.desk.agencies.terms",
    "console.desk.calls.assigning",
    "console.desk.calls.binding",
    "console.desk.calls.destroying",
    "console.desk.calls.cloud",
    "console.desk.calls.ending",
    "console.desk.calls.listening",
    "console.desk.calls.identity",
    "console.desk.calls.listing",
    "console.desk.calls.numbers",
    "console.desk.calls.phones",
    "console.desk.calls.starting",
    "console.desk.calls.tasks",
    "console.desk.calls.wrapping",
    "console.desk.cases.assignment",
    "console.desk.cases.queue",
    "console.desk.cases.search",
    "console.desk.cases.timeline",
    "console.desk.cases.view",
    "console.desk.challenge",
    "console.desk.colleagues",
    "console.desk.contact.checking",
    "console.desk.contact.confirming",
    "console.desk.contact.consents",
    "console.desk.contact.editions",
    "console.desk.contact.stops",
    "console.desk.contacts.checking",
    "console.desk.contacts.proposing",
    "console.desk.doorway",
    "console.desk.explain.answers",
    "console.desk.explain.catalogue",
    "console.desk.exports.asking",
    "console.desk.exports.deciding",
    "console.desk.exports.handing",
    "console.desk.exports.handout",
    "console.desk.exports.listing",
    "console.desk.exports.password",
    "console.desk.freezes",
    "console.desk.handouts",
    "console.desk.health",
    "console.desk.imports.handlers",
    "console.desk.line_settings",
    "console.desk.logbook",
    "console.desk.marks",
    "console.desk.messages.editions",
    "console.desk.messages.sending",
    "console.desk.messages.sent",
    "console.desk.notes.writing",
    "console.desk.possession",
    "console.desk.record.reading",
    "console.desk.reveals.asking",
    "console.desk.reveals.deciding",
    "console.desk.reveals.reviewing",
    "console.desk.reveals.standing",
    "console.desk.reveals.viewing",
    "console.desk.roles.applying",
    "console.desk.roles.deputies",
    "console.desk.roles.held",
    "console.desk.roles.recertifying",
    "console.desk.sessions",
    "console.desk.special.deciding",
    "console.desk.special.filing",
    "console.desk.special.opening",
    "console.desk.special.reviewing",
    "console.desk.special.views",
    "console.desk.staff.departing",
    "console.desk.staff.hiring",
    "console.desk.staff.joining",
    "console.desk.staff.ledger",
    "console.desk.staff.ordering",
    "console.desk.staff.seen",
    "console.desk.staff.stopping",
    "console.desk.stepping",
    "console.desk.strategy.applying",
    "console.desk.strategy.bulk",
    "console.desk.strategy.editions",
    "console.desk.strategy.interests",
    "console.desk.strategy.loads",
    "console.desk.team.absences",
    "console.desk.team.board",
    "console.desk.team.coaching",
    "console.desk.team.figures",
    "console.desk.tickets",
    "console.desk.trace.tracing",
    "console.desk.verify.digits",
    "console.desk.visits.going",
    "console.desk.visits.planning",
    "console.desk.work.drafts",
    "console.desk.work.hold_views",
    "console.desk.work.holds",
    "console.desk.work.promises",
    "console.desk.work.results",
)


def load() -> None:
    """Register every handler."""
    for name in MODULES:
        import_module(name)


def release(parts: Parts) -> None:
    """Stop what runs on threads of its own, before the store closes."""
    from console.desk.exports import making  # noqa: PLC0415 - only the running desk stops
    from console.desk.imports import running  # noqa: PLC0415

    running.stop_all(parts)
    making.stop_all(parts)


def recover(parts: Parts) -> None:
    """Sweep what a killed process left: sessions and calls still open, messages under way, batches never published."""
    from console.desk import sessions  # noqa: PLC0415 - only the running desk recovers
    from console.desk.calls import playback, shredding, writing  # noqa: PLC0415
    from console.desk.exports import making  # noqa: PLC0415
    from console.desk.imports import recovery  # noqa: PLC0415
    from console.desk.messages import books  # noqa: PLC0415

    sessions.close_left_open(parts)
    writing.recover(parts)
    playback.recover(parts)
    shredding.recover(parts)
    books.recover(parts)
    recovery.sweep(parts)
    making.recover(parts)
