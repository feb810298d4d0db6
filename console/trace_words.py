"""The answer to a traced fragment or screen in words, for screens and commands alike, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from console.desk.api.marks import ScreenTrace
from console.desk.api.trace import CandidateView, FragmentTrace
from console.texts import Texts


def answer_lines(texts: Texts, zone: str, found: FragmentTrace) -> Iterator[str]:
    """The finding, each candidate with what its layers said, and what the answer rests on.

    Args:
        texts: the viewer's language.
        zone: the viewer's time zone.
        found: the desk's answer.
    """
    # The words for what is undetermined announce candidates; without any there is another sentence.
    yield texts.t(f"trace.finding.{found.finding}" if found.candidates else "trace.finding.nothing")
    for one in found.candidates:
        yield from _candidate_lines(texts, zone, one)
    yield texts.t(
        "trace.rests",
        rows=f"{found.rows:,}",
        recognised=f"{found.recognised:,}",
        repeated=f"{found.repeated:,}",
        exports=f"{found.exports:,}",
        holding=f"{found.holding:,}",
    )
    if found.levelled:
        carriers = texts.t("join.list").join(texts.t(f"trace.carrier.{one}") for one in found.levelled)
        yield texts.t("trace.levelled", carriers=carriers)
    if found.left_out:
        yield texts.t("trace.left_out", count=f"{found.left_out:,}")
    if found.unread:
        yield texts.t("trace.unread", count=f"{found.unread:,}")


def screen_lines(texts: Texts, zone: str, found: ScreenTrace, *, copied: bool = False) -> Iterator[str]:
    """Whose screen it was, then what that rests on.

    Args:
        texts: the viewer's language.
        zone: the viewer's time zone.
        found: the desk's answer.
        copied: it was about a text, not a picture.
    """
    if found.verdict == "named":
        yield texts.t(
            "cli.trace.named",
            staff_no=found.staff_no,
            person=found.person,
            session=found.session_id[-6:],
            opened=texts.when(found.opened_at or 0, zone, "second"),
            closed=texts.when(found.closed_at, zone, "second") if found.closed_at else texts.t("cli.trace.open"),
            source=found.source,
            terminal=found.terminal,
        )
    elif copied and found.reason != "no_sessions":
        yield texts.t("trace.copied.weak")
    else:
        yield texts.t(f"cli.trace.{found.reason}")
    yield texts.t(
        "cli.trace.rests",
        p=f"{found.p_false:.1e}",
        agreement=f"{100 * found.agreement:.0f}",
        signs=found.signs,
        sessions=found.sessions,
    )


def _candidate_lines(texts: Texts, zone: str, one: CandidateView) -> Iterator[str]:
    yield texts.t(
        f"trace.candidate.{one.finding}",
        number=one.number,
        person=f"{one.staff_no} {one.person}".strip() or "—",
        asked=texts.when(one.asked_at, zone, "second") if one.asked_at else "—",
        recipient=one.recipient or "—",
        p=f"{one.p:.1e}",
        held=f"{one.held:,}",
    )
    said = texts.t("join.list").join(
        f"{texts.t(f'trace.layer.{each.layer}')} {texts.t(f'trace.said.{each.said}')}"
        for each in one.layers
        if each.said != "absent"
    )
    yield f"  {said}"
    if one.places:
        yield f"  {texts.t('trace.places', places=one.places)}"
