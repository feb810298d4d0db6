"""Where the texts lie, and how a `.po` becomes what gettext reads. The words themselves are in the `.po` files."""

from __future__ import annotations

import hashlib
import io
from typing import Final

DIGEST_KEY: Final = "source.digest"
"""Not a text: names the `.po` that a compiled catalogue was built from."""


def source_digest(source: bytes) -> str:
    """Names the exact `.po` that a `.mo` was built from; not a security measure."""
    return hashlib.sha256(source).hexdigest()


def compile_po(source: bytes) -> bytes:
    """Compile a catalogue; the result carries the digest of its source.

    Raises:
        babel.messages.pofile.PoFileError: the source is malformed.
    """
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only where no .mo was built
    from babel.messages.pofile import read_po  # noqa: PLC0415 - same

    catalog = read_po(io.BytesIO(source), abort_invalid=True)
    catalog.add(DIGEST_KEY, source_digest(source))
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()
