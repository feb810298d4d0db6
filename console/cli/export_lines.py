"""One export as `veildesk exports` prints it: what the screen says of it, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.export_words import basis_words, rule_words, together_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.cli.seat import Seat
    from console.desk.api.exports import ExportView


def view_lines(seat: Seat, one: ExportView) -> Iterator[str]:
    """Return the export, whole: what was asked for, who agreed, and the file."""
    texts = seat.texts
    yield f"{one.number}  {texts.state('export', one.state)}  {texts.t(f'export.reach.{one.reach}')} → {one.recipient}"
    yield from (f"  {line}" for line in [*_asked(seat, one), *_agreed(seat, one), *_file(seat, one)])


def _asked(seat: Seat, one: ExportView) -> Iterator[str]:
    texts = seat.texts
    yield f"{one.asker}  {texts.when(one.asked_at, seat.me.zone)}  {texts.t(f'export.purpose.{one.purpose}')}"
    if one.template == "case":
        yield texts.t("export.template.case", case=one.case)
    yield one.words
    yield texts.t("join.list").join(texts.field(name) for name in one.fields)
    yield texts.t(
        "export.terms",
        profile=texts.t(f"export.profile.{one.profile}"),
        format=texts.t("export.with_password", format=one.format) if one.locked else one.format,
        cap=one.row_cap,
        until=texts.when(one.use_until, seat.me.zone, "day"),
    )
    if one.template != "case":
        yield f"{texts.t('export.rule')}: {rule_words(texts, one.rule)}"
    if one.matching is not None:
        yield f"{texts.t('export.matching')}: {one.matching}"
    yield " · ".join(filter(None, (texts.t("export.level_is", level=one.level), together_words(texts, one))))
    yield f"{texts.t('export.basis_is')}: {basis_words(texts, one)}"
    if one.notice:
        yield f"{texts.t('export.notice')}: {one.notice}"
    yield f"{texts.t('export.key')}: {one.key or texts.t('export.bare')}"


def _agreed(seat: Seat, one: ExportView) -> Iterator[str]:
    texts = seat.texts
    for consent in one.chain:
        verdict = texts.t(f"export.verdict.{consent.verdict}") if consent.verdict else texts.t("export.waits")
        yield f"{texts.t(f'role.{consent.role}')}  {verdict}  {consent.person} {consent.words}".rstrip()


def _file(seat: Seat, one: ExportView) -> Iterator[str]:
    texts = seat.texts
    if one.total:
        yield texts.t("export.progress", done=one.done, total=one.total)
    if one.rows is not None:
        yield texts.t("export.made", rows=one.rows, left_out=one.left_out, size=one.size)
        yield f"{one.file_name}  SM3 {one.digest}"
    if one.released_by:
        yield f"{texts.t('export.released_by')}: {one.released_by}"
    if one.expires_at is not None and one.state in {"ready", "released", "fetched"}:
        yield f"{texts.t('export.expires')}: {texts.when(one.expires_at, seat.me.zone)}"
    if one.overdue:
        yield texts.t("export.overdue")
