"""Which character encoding a text file is in, proved over the whole file before a row is read.

UTF-8 (with or without BOM), UTF-16 and GB18030 (which contains GBK and GB2312). A file that holds two encodings, a
broken one, or ends inside a character is refused with the line. Memory stays flat: the file is read in blocks.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final, NamedTuple

from console.desk.imports.faults import Code, whole_file

_BLOCK: Final = 1 << 20
_SAMPLE: Final = 4096
# Four Chinese characters in a row as UTF-8; as GB18030 the same bytes would be six rare characters of a narrow kind.
_UTF8_RUN: Final = b"Lcc" * 4
_RUN_BYTES: Final = len(_UTF8_RUN)
_LEADING: Final = range(0xE4, 0xEA)
_CONTINUING: Final = range(0x80, 0xC0)
_SHORT_RUN: Final = b"Lcc" * 2
_LINE_END: Final = b"\n"
_KINDS: Final = "".join(
    "\n" if byte == _LINE_END[0] else "a" if byte < _CONTINUING.start else
    "L" if byte in _LEADING else "c" if byte in _CONTINUING else "." for byte in range(256)
).encode()  # fmt: skip
"""What a byte would be in UTF-8: what leads a Chinese character, what continues one, ASCII, anything else.

A text of kinds is searched ten times as fast as the bytes by a pattern: nearly every byte of GB18030 begins one.
"""


class _Failure(NamedTuple):
    offset: int
    at_end: bool


def detect(path: Path) -> str:
    """Name the codec that decodes all of `path` without an error.

    Returns:
        `utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be` or `gb18030`.

    Raises:
        FileRefused: empty, binary, truncated inside a character, mixed or broken.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if not sample:
        raise whole_file(Code.FILE_EMPTY)
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise whole_file(Code.FILE_ENCODING, "1")
    wide = _wide(sample)
    if wide:
        _prove_wide(path, wide)
        return wide
    if b"\0" in sample:
        raise whole_file(Code.FILE_BINARY)
    utf8 = _first_failure(path, "utf-8")
    if utf8 is None:
        return "utf-8-sig"
    if utf8.at_end:
        raise whole_file(Code.FILE_TRUNCATED, _line(path, utf8.offset))
    chinese = _first_failure(path, "gb18030")
    run = _utf8_run(path)
    if chinese is None and run is None:
        return "gb18030"
    if run is not None:
        # Where it changes: at the first byte that is not UTF-8, or back into UTF-8 at the run.
        raise whole_file(Code.FILE_MIXED_ENCODING, _line(path, max(utf8.offset, run if utf8.offset < run else 0)))
    if chinese is not None and chinese.at_end:
        raise whole_file(Code.FILE_TRUNCATED, _line(path, chinese.offset))
    raise whole_file(Code.FILE_ENCODING, _line(path, (chinese or utf8).offset))


def _wide(sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    # Separators and line ends are ASCII: their zero bytes stand on one side only.
    if odd > len(sample) // 20 and even == 0:
        return "utf-16-le"
    if even > len(sample) // 20 and odd == 0:
        return "utf-16-be"
    return ""


def _prove_wide(path: Path, codec: str) -> None:
    failure = _first_failure(path, codec)
    if failure is not None:
        raise whole_file(Code.FILE_TRUNCATED if failure.at_end else Code.FILE_ENCODING)


def _first_failure(path: Path, codec: str) -> _Failure | None:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    start = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                at_end = "unexpected end" in error.reason or "incomplete" in error.reason or "truncated" in error.reason
                return _Failure(start - pending + error.start, at_end)
            if not block:
                return None
            start += len(block)


def _utf8_run(path: Path) -> int | None:
    """Where UTF-8 stands in a file that is not in UTF-8; None where it does nowhere."""
    tail, start = b"", 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            kinds = tail + block.translate(_KINDS)
            # A line is judged whole; one that is longer than a block is too long anyway.
            whole = kinds.rfind(_LINE_END) + 1 if len(block) == _BLOCK else len(kinds)
            found = kinds.find(_UTF8_RUN)
            if found < 0:
                found = _utf8_line(kinds[:whole])
            if found >= 0:
                return start - len(tail) + found
            tail = kinds[whole:] if len(kinds) - whole < _BLOCK else kinds[1 - _RUN_BYTES :]
            start += len(block)
    return None


def _utf8_line(kinds: bytes) -> int:
    """Where a line begins to be UTF-8 that holds two Chinese characters in a row and nothing but UTF-8; -1 for none.

    Two alone are met by chance: as GB18030 they are three characters. With the rest of their line they are not.
    """
    found = kinds.find(_SHORT_RUN)
    while found >= 0:
        begin, end = kinds.rfind(_LINE_END, 0, found) + 1, kinds.find(_LINE_END, found)
        line = kinds[begin : end if end >= 0 else len(kinds)]
        if not line.replace(b"Lcc", b"").strip(b"a"):
            return found
        found = kinds.find(_SHORT_RUN, end) if end >= 0 else -1
    return -1


def _line(path: Path, offset: int) -> str:
    lines, left = 1, offset
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            lines += block.count(b"\n")
            left -= len(block)
    return str(lines)
