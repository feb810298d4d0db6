"""Log records and exceptions without personal data in them (C-6.5b).

``ScrubFilter`` belongs on every *handler*: a filter on a logger does not see what its children pass up. It masks the
message with its arguments, turns a traceback into the places it went through, and masks whatever text was attached to
the record. A record that cannot be scrubbed is withheld, not written as it is.
"""

from __future__ import annotations

import logging
import re
from types import TracebackType
from typing import Final

from masking.detect import mask_text
from masking.text import scrub

WITHHELD: Final = "log record withheld: it could not be scrubbed"

# What the logging machinery itself puts on a record, and nobody can fill with a customer's data.
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")
_BROKEN_NUMBER: Final = re.compile(r"[\w+\-.@ ]{0,64}$")
_LONGEST_READ: Final = 20_000
_LONGEST_LINE: Final = 4_000
_DEEPEST: Final = 12
_LONGEST_CHAIN: Final = 5


def scrub_text(text: str) -> str:
    """Return a line fit for a log: personal data, and what may be a name or an address, masked; one line, cut short.

    It is masked before it is cut, so that no number loses the digits it is known by; only what is many times longer
    than any line is cut first, at a place where no number stands.
    """
    line = scrub(text)
    if len(line) > _LONGEST_READ:
        line = _BROKEN_NUMBER.sub("", line[:_LONGEST_READ]) + "…"
    masked = mask_text(line, loose=True)
    return masked if len(masked) <= _LONGEST_LINE else masked[:_LONGEST_LINE] + "…"


def safe_repr(exc: BaseException) -> str:
    """Return an exception's type and places, its causes included, and never a value of its message.

    An error that carries a stable ``code`` of the project's shape is named by it. Frames are module, function and line,
    outermost first; source lines and locals are left out.
    """
    parts: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = exc
    while link is not None and id(link) not in seen and len(parts) < _LONGEST_CHAIN:
        seen.add(id(link))
        parts.append(_one(link))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return " <- ".join(parts)


def _one(exc: BaseException) -> str:
    kind = type(exc)
    name = f"{kind.__module__}.{kind.__qualname__}" if kind.__module__ != "builtins" else kind.__qualname__
    code = getattr(exc, "code", None)
    if isinstance(code, str) and _CODE.fullmatch(code):
        name += f"[{code}]"
    places = _places(exc.__traceback__)
    return f"{name} at {' > '.join(places)}" if places else name


def _places(trace: TracebackType | None) -> list[str]:
    places: list[str] = []
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "?")
        places.append(f"{module}.{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places if len(places) <= _DEEPEST else [*places[:3], "...", *places[-(_DEEPEST - 3) :]]


class ScrubFilter(logging.Filter):
    """Masks every record that passes. Put it on handlers."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask a record in place; always let it through, withheld if need be."""
        try:
            _scrub_record(record)
        except Exception:  # noqa: BLE001 - whatever a record's own objects raise, nothing of it may be written
            record.msg, record.args = WITHHELD, None
            record.exc_info, record.exc_text, record.stack_info = None, None, None
            for name in vars(record).keys() - _OWN:
                delattr(record, name)
        return True


def _scrub_record(record: logging.LogRecord) -> None:
    record.msg, record.args = scrub_text(record.getMessage()), None
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = safe_repr(record.exc_info[1])
    elif record.exc_text:
        record.exc_text = scrub_text(record.exc_text)
    record.exc_info = None
    if record.stack_info:
        record.stack_info = None
    record.name = scrub_text(record.name)
    for name in vars(record).keys() - _OWN:
        value = getattr(record, name)
        if not isinstance(value, bool | float | None):
            setattr(record, name, scrub_text(str(value)))
