"""What a lender may do at its drop: come in by its registered key, leave a new file, nothing else.

The front door checked the signature; whose key it is, from where, and whether the drop is open, is judged here, afresh
for each file. Every step is an event that commits before anything is done to a file. A file is written outside the drop
and enters it whole, under a name of a fixed form, so that nothing in the drop is ever half there or overwritten.
"""

from __future__ import annotations

import hmac
import re
from pathlib import Path
from typing import Final

from access.audit.events import DetailKey
from access.people import addresses
from console.desk.act import Act
from console.desk.api.base import Done, Refusal
from console.desk.api.files import AdmitLender, Admitted, BeginUpload, DropUpload, KeepUpload, UploadPlace
from console.desk.imports import drop_keys
from console.desk.imports.drop_keys import Lender
from console.desk.imports.fields import Kind
from console.desk.kernel import handles
from console.home import Home

NAME: Final = re.compile(rf"({'|'.join(Kind)})[-_.][A-Za-z0-9._-]{{1,64}}\.(?:csv|xlsx)(?:\.sm3|\.sig)?", re.ASCII)
"""A name begins with what the file holds, so that nobody has to be asked."""

_MEGABYTE: Final = 1 << 20
_PROOF_BYTES: Final = 4096
_AT_ONCE: Final = 4


def workplace(home: Home) -> Path:
    """Where files lie that are being written; emptied at every start."""
    return home.temporary / "uploads"


def kind_of(name: str) -> Kind | None:
    """What a file of this name holds; none for a name that no lender could have left."""
    found = NAME.fullmatch(name)
    return Kind(found[1]) if found is not None else None


@handles(AdmitLender)
def admit(act: Act, request: AdmitLender) -> Admitted | Refusal:
    """Let a lender in by its one key, from where it may come; one answer to every failure."""
    source = act.line.origin.source
    lender = drop_keys.by_login(act, request.login)
    shut = addresses.shut(act.uow, source)
    why = "drop.locked" if shut else _unfit(lender, request.key, source)
    if why or lender is None:
        if not shut:
            addresses.failed(act.uow, source)
        _log(act, "import:drop:enter", lender, refused=why)
        return Refusal(code="signin.refused", clause="F-3")
    _log(act, "import:drop:enter", lender)
    return Admitted(key_id=lender.key["id"])


def _unfit(lender: Lender | None, key: str, source: str) -> str:
    if lender is None:
        return "drop.unknown"
    if not hmac.compare_digest(bytes(lender.key["blob"]), bytes.fromhex(key)):
        return "drop.other_key"
    return "" if drop_keys.comes_from(lender.key, source) else "drop.address"


@handles(BeginUpload)
def begin(act: Act, request: BeginUpload) -> UploadPlace | Refusal:
    """A place for a new file, and how long it may become."""
    lender, home = drop_keys.by_id(act, request.key_id), act.parts.home
    if lender is None or home is None:
        return _refused(act, "import:drop:put", lender, "drop.shut")
    folder = home.drop / lender.source["name"]
    limits = act.parts.settings.drop
    there = _sizes(folder)
    room = limits.quota_mb * _MEGABYTE - sum(there.values())
    if kind_of(request.name) is None:
        return _refused(act, "import:drop:put", lender, "drop.name")
    if request.name in there:
        return _refused(act, "import:drop:put", lender, "drop.exists")
    if request.under_way >= _AT_ONCE or len(there) + request.under_way >= limits.files or room <= 0:
        return _refused(act, "import:drop:put", lender, "drop.full")
    proof = request.name.endswith((".sm3", ".sig"))
    limit = min(_PROOF_BYTES if proof else limits.file_mb * _MEGABYTE, room)
    _log(act, "import:drop:put", lender)
    return UploadPlace(path=str(workplace(home) / act.parts.ids.new()), limit=limit)


@handles(KeepUpload)
def keep(act: Act, request: KeepUpload) -> Done | Refusal:
    """It may enter the drop, if that is still open and has room."""
    lender, home = drop_keys.by_id(act, request.key_id), act.parts.home
    if lender is None or home is None:
        return _refused(act, "import:drop:keep", lender, "drop.shut")
    size = _size(Path(request.path))
    there = _sizes(home.drop / lender.source["name"])
    if request.name in there:
        return _refused(act, "import:drop:keep", lender, "drop.exists")
    if sum(there.values()) + size > act.parts.settings.drop.quota_mb * _MEGABYTE:
        return _refused(act, "import:drop:keep", lender, "drop.full")
    _log(act, "import:drop:keep", lender, size=size)
    return Done()


@handles(DropUpload)
def discard(act: Act, request: DropUpload) -> Done:
    """It was not finished, or could not be kept."""
    _log(act, "import:drop:discard", drop_keys.by_id(act, request.key_id), size=_size(Path(request.path)))
    return Done()


def _refused(act: Act, action: str, lender: Lender | None, code: str) -> Refusal:
    _log(act, action, lender, refused=code)
    return Refusal(code=code, clause="F-3")


def _log(act: Act, action: str, lender: Lender | None, *, refused: str = "", size: int | None = None) -> None:
    about = {"tenant_id": lender.source["tenant_id"], "object_id": lender.source["id"]} if lender is not None else {}
    detail = [(DetailKey.CODE, refused)] if refused else []
    if lender is not None:
        detail.append((DetailKey.NAME, lender.key["login"]))
    if size is not None:
        detail.append((DetailKey.BYTES, str(size)))
    act.log(
        action,
        result="refused" if refused else "ok",
        rule=refused or None,
        object_kind="source",
        detail=tuple(detail),
        **about,
    )


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: _size(path) for path in folder.iterdir()} if folder.is_dir() else {}


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
