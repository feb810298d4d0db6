"""`veildesk trace FILE|-`: which export a leaked fragment is a copy of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.exits import Exit

if TYPE_CHECKING:
    import typer

    from console.cli.seat import Seat
    from console.desk.api.trace import CandidateView, FragmentTrace


def trace_file(ctx: typer.Context, name: str, pack: Path | None) -> None:
    """Read a file here, ask the desk whose copy it is, show and if wanted pack the signed answer."""
    from console.cli.seat import carry_out
    from console.desk.api.trace import TraceFragment

    packed, left_out = _read(name)

    async def act(seat: Seat) -> Exit:
        found = await seat.call(TraceFragment(packed=packed, left_out=left_out))
        seat.show(found, fragment_lines(seat, found))
        if pack is not None:
            _write_pack(pack, found)
        return Exit.DONE if found.finding == "undetermined" else Exit.FOUND

    carry_out(ctx, act)


def _read(name: str) -> tuple[bytes, int]:
    """A file's cells, packed; `-` is standard input. The file goes no further.

    Raises:
        DeskError: It cannot be read.
    """
    import sys

    from console.desk.api.base import DeskError, Refusal
    from console.fragments import MOST_BYTES, FragmentRefused, read_fragment
    from console.fragments.packing import pack

    try:
        if name == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        return pack(read_fragment(data))
    except OSError:
        raise DeskError(Refusal(code="trace.file_unreadable", params={"file": Path(name).name})) from None
    except FragmentRefused as refused:
        raise DeskError(Refusal(code=refused.code, params=refused.params)) from None


def _write_pack(path: Path, found: FragmentTrace) -> None:
    """Write report, signature and key as a ZIP that openssl alone can check.

    Raises:
        DeskError: It cannot be written, or is there already.
    """
    import zipfile

    from console.desk.api.base import DeskError, Refusal

    members = {
        "report.json": found.report.encode(),
        "report.sig": bytes.fromhex(found.signature),
        "desk.pem": found.key.encode(),
        "README.txt": _HOW.encode(),
    }
    try:
        with path.open("xb") as file, zipfile.ZipFile(file, "w") as container:
            for name, data in members.items():
                container.writestr(name, data)
    except OSError:
        raise DeskError(Refusal(code="trace.pack_unwritable", params={"file": path.name})) from None


_HOW = """report.json is what the desk answered; report.sig is its SM2 signature with SM3; desk.pem is the desk's key.
report.json 是答复，report.sig 是对它的 SM2 签名（SM3 摘要），desk.pem 是签名公钥。

openssl dgst -sm3 -verify desk.pem -signature report.sig -sigopt distid:1234567812345678 report.json

desk.pem must be the key that signs the checkpoints of the desk's log.
desk.pem 应与给日志检查点签名的公钥一致。
"""


def fragment_lines(seat: Seat, found: FragmentTrace) -> Iterator[str]:
    """The finding, each candidate with what its layers said, and what the answer rests on."""
    texts = seat.texts
    yield texts.t(f"trace.finding.{found.finding}")
    for one in found.candidates:
        yield from _candidate_lines(seat, one)
    yield texts.t(
        "trace.rests",
        rows=f"{found.rows:,}",
        recognised=f"{found.recognised:,}",
        repeated=f"{found.repeated:,}",
        exports=f"{found.exports:,}",
        holding=f"{found.holding:,}",
    )
    if found.levelled:
        yield texts.t("trace.levelled", carriers=", ".join(texts.t(f"trace.carrier.{one}") for one in found.levelled))
    if found.left_out:
        yield texts.t("trace.left_out", count=f"{found.left_out:,}")


def _candidate_lines(seat: Seat, one: CandidateView) -> Iterator[str]:
    texts = seat.texts
    yield texts.t(
        f"trace.candidate.{one.finding}",
        number=one.number,
        person=f"{one.staff_no} {one.person}".strip() or "—",
        asked=texts.when(one.asked_at, seat.me.zone, "second") if one.asked_at else "—",
        recipient=one.recipient or "—",
        p=f"{one.p:.1e}",
        held=f"{one.held:,}",
    )
    said = "; ".join(
        f"{texts.t(f'trace.layer.{each.layer}')} {texts.t(f'trace.said.{each.said}')}"
        for each in one.layers
        if each.said != "absent"
    )
    yield f"  {said}"
    if one.places:
        yield f"  {texts.t('trace.places', places=one.places)}"
