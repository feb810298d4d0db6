"""Masks that are words rather than characters, as stable tokens that ``console`` says in the viewer's language.

A token is ``@kind`` or ``@kind:value``, ASCII, in lower case::

    @none               the viewer is not shown this field      @party:customer     the customer, unnamed
    @phone:2            the second number of this party         @token              the case's token stands here
    @bucket:10k-50k     an amount's bucket (see ``BUCKETS``)    @born:1980-1989     born in these years
    @band:600-699       a score's band, or ``@band:b``          @flag:1  @flag:0    set or not
    @count:1  @count:0  there or not                            @template @summary @pages @stream @metadata

``unknown`` as a value means that the thing is there and could not be read. No customer's text is ever taken for a
token: ``guard`` breaks the likeness.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(r"@([a-z]+)(?::([a-z0-9][a-z0-9-]*))?", re.ASCII)

NONE: Final = "@none"
CUSTOMER: Final = "@party:customer"
CASE_TOKEN: Final = "@token"  # noqa: S105 - a label

BUCKETS: Final = ("lt-1k", "1k-10k", "10k-50k", "50k-200k", "gt-200k", "unknown")
"""Values of ``@bucket``, in major currency units: below 1,000, to 10,000, to 50,000, to 200,000, above."""


class Label(NamedTuple):
    """A parsed token.

    Attributes:
        kind: What it says, such as ``phone``.
        value: Its argument, such as ``2``; empty when it has none.
    """

    kind: str
    value: str


def is_label(masked: str) -> bool:
    """Return whether a mask is a token to be worded, rather than text to be shown as it is."""
    return masked.startswith("@") and _TOKEN.fullmatch(masked) is not None


def parse_label(masked: str) -> Label | None:
    """Return the parts of a token, or None when ``masked`` is plain text."""
    found = _TOKEN.fullmatch(masked)
    return Label(found[1], found[2] or "") if found else None


def guard(text: str) -> str:
    """Return ``text`` so that it cannot be mistaken for a token. Idempotent."""
    return "＠" + text[1:] if is_label(text) else text
