"""`veildesk trace FILE|-`: which export a leaked fragment is a copy of."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

from console.cli.exits import Exit

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import typer

    from console.cli.seat import Seat
    from console.desk.api.base import DeskError
    from console.desk.api.trace import FragmentTrace


def trace_file(ctx: typer.Context, name: str, pack: Path | None) -> None:
    """Read a file here, ask the desk whose copy it is, show and if wanted pack the signed answer."""
    from contextlib import ExitStack

    from console import copied
    from console.cli.output import tell
    from console.cli.seat import carry_out
    from console.desk.api.trace import TraceFragment
    from console.trace_words import answer_lines, screen_lines

    with ExitStack() as held:
        try:
            file = held.enter_context(_opened(name))
            from_screen = copied.question(file)
        except OSError:
            raise _unreadable(name) from None
        cells = _cells(file, name) if from_screen is None else None

        async def act(seat: Seat) -> Exit:
            if from_screen is not None:
                whose = await seat.call(from_screen)
                lines = list(screen_lines(seat.texts, seat.me.zone, whose, copied=True))
                if whose.verdict == "named" and pack is None:
                    seat.show(whose, lines)
                    return Exit.FOUND
                for line in lines:
                    tell(line)
            packed, left_out = cells or _cells(file, name)
            found = await seat.call(TraceFragment(packed=packed, left_out=left_out))
            seat.show(found, answer_lines(seat.texts, seat.me.zone, found))
            if pack is not None:
                _write_pack(pack, found)
            return Exit.DONE if found.finding == "undetermined" else Exit.FOUND

        carry_out(ctx, act)


def _opened(name: str) -> AbstractContextManager[IO[bytes]]:
    """The file, to be read more than once; `-` is standard input. It goes no further."""
    import sys

    from console.fragments.pieces import again, opened

    return again(sys.stdin.buffer) if name == "-" else opened(Path(name))


def _unreadable(name: str) -> DeskError:
    from console.desk.api.base import DeskError, Refusal

    return DeskError(Refusal(code="trace.file_unreadable", params={"file": Path(name).name}))


def _cells(file: IO[bytes], name: str) -> tuple[bytes, int]:
    """A file's cells, packed; the name is for refusals.

    Raises:
        DeskError: They cannot be read.
    """
    from console.desk.api.base import DeskError, Refusal
    from console.fragments import FragmentRefused, read_fragment
    from console.fragments.packing import pack

    try:
        return pack(read_fragment(file))
    except FragmentRefused as refused:
        raise DeskError(Refusal(code=refused.code, params={**refused.params, "file": Path(name).name})) from None
    except OSError:
        raise _unreadable(name) from None


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
