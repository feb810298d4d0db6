"""Files that lenders left: picked up once they are whole, loaded under the source's own standing, else cleared away.

A registered lender with a registered key is a standing order of the two people who registered both: its files are
loaded without anybody asking, in nobody's name, as long as both rows hold. A file that was tried and not taken stays
for a person to look into; what stays too long, and what never became whole, is destroyed. A file that was published
already, which a killed desk did not come to destroy, is destroyed and not loaded again. Every step is an event.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from access.audit.events import DetailKey, Verb
from access.context import Origin
from access.people.directory import unit_row
from access.policy import Action
from access.store.base import UnitOfWork
from console.desk.act import Act
from console.desk.api.imports import StartImport
from console.desk.imports import drop, drop_keys, jobs, quarantine, running, sources, uploads
from console.desk.imports.drop_keys import Lender
from console.desk.imports.fields import Kind
from console.desk.imports.order import Order
from console.desk.line import Line
from console.desk.parts import Parts
from masking.scrub import safe_repr

CLOCKWORK: Final = Origin("local", "clockwork")
_HOUR: Final = 3600 * 1_000_000
_log = logging.getLogger("veildesk.arrivals")
_turn = threading.Lock()


class _Found(NamedTuple):
    """A file in a drop, without what proves it. arrived: microseconds."""

    path: Path
    whole: bool
    arrived: int


class _Tried:
    """Files that this process has tried to load, so that none is tried for ever."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, int, int]] = set()

    def first(self, path: Path) -> bool:
        """Whether this very file was not tried before; it is from now on."""
        state = path.lstat()
        mark = (str(path), state.st_ino, state.st_mtime_ns)
        new = mark not in self._seen
        self._seen.add(mark)
        return new


_tried = _Tried()


def enter(parts: Parts, key_id: str, name: str, written: Path) -> None:
    """Put a finished upload into its lender's drop, never over another file, and pick up what is whole by that.

    Raises:
        OSError: it cannot be put there; it stays where it is.
    """
    lender = parts.store.run(lambda uow: drop_keys.by_id(_act(parts, uow), key_id))
    if lender is None or parts.home is None:
        raise OSError(name)
    target = parts.home.drop / lender.source["name"] / name
    descriptor = os.open(written, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    now = parts.clock.now_us() * 1000
    os.utime(written, ns=(now, now))
    os.link(written, target, follow_symlinks=False)
    written.unlink()
    look(parts)


def look(parts: Parts) -> None:
    """Start loading what is whole, clear away what is too old, in quarantine too. Called from any thread."""
    home = parts.home
    if home is None:
        return
    with _turn:
        quarantine.clear(parts)
    if not any(folder.is_dir() and any(folder.iterdir()) for folder in home.drop.iterdir()):
        return
    with _turn:
        for lender in parts.store.run(lambda uow: drop_keys.every(_act(parts, uow))):
            if lender.key["state"] == drop_keys.ACTIVE:
                try:
                    _look_into(parts, home.drop / lender.source["name"], lender)
                except OSError as wrong:
                    _log.warning("a drop could not be looked into: %s", safe_repr(wrong))


def recover(parts: Parts) -> None:
    """At a start: what was being written when the desk ended is destroyed."""
    if parts.home is None:
        return
    for path in sorted(uploads.workplace(parts.home).glob("*")):
        parts.store.run(lambda uow: _note_cleared(parts, uow, None, 1, path.lstat().st_size))  # noqa: B023 - run at once
        drop.destroy(path)


def _act(parts: Parts, uow: UnitOfWork) -> Act:
    return Act(uow=uow, parts=parts, line=Line(CLOCKWORK))


def _look_into(parts: Parts, folder: Path, lender: Lender) -> None:
    oldest = parts.clock.now_us() - parts.settings.drop.keep_hours * _HOUR
    for found in sorted(files(folder), key=lambda one: (one.arrived, one.path.name)):
        kind = uploads.kind_of(found.path.name)
        if found.arrived <= oldest:
            _clear(parts, lender, found.path)
        elif found.whole and kind is not None and not running.busy(lender.source["id"]) and _tried.first(found.path):
            _load(parts, lender, found.path.name, kind)


def files(folder: Path) -> Iterator[_Found]:
    """What lies in a drop, each file with the youngest of what belongs to it."""
    there = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    stems = {name.removesuffix(drop.DIGEST_SUFFIX).removesuffix(drop.SIGNATURE_SUFFIX) for name in there}
    for stem in stems:
        group = [there[stem + end] for end in ("", *drop.SUFFIXES) if stem + end in there]
        arrived = max(path.lstat().st_mtime_ns for path in group) // 1000
        yield _Found(folder / stem, whole=len(group) == len(drop.SUFFIXES) + 1, arrived=arrived)


def _load(parts: Parts, lender: Lender, name: str, kind: Kind) -> None:
    """Begin to load a file that nobody asked for: the source's own standing order."""

    def begin(uow: UnitOfWork) -> None:
        act = _act(parts, uow)
        origin = lender.source
        unit = unit_row(uow, parts.proofs, origin["unit_id"])
        if unit is None:
            return
        request = StartImport(path="", source=origin["name"], kind=kind.value, drop=name)
        order = Order(
            job_id=parts.ids.new(),
            request=request,
            kind=kind,
            path=None,
            source_id=origin["id"],
            source_name=origin["name"],
            tenant_id=origin["tenant_id"],
            unit_id=origin["unit_id"],
            agency_id=origin["unit_id"] if unit["kind"] == "agency" else None,
            registered=True,
            public_key=bytes(origin["public_key"]),
            remembered=sources.remembered(origin),
            line=act.line,
            role=None,
            standing=origin["proposed_by"],
        )
        act.log(
            Action.IMPORT_BATCH_STAGE,
            tenant_id=origin["tenant_id"],
            object_kind="import",
            object_id=order.job_id,
            detail=((DetailKey.KIND, kind.value), (DetailKey.CODE, "standing")),
        )
        uow.after_commit(jobs.Job(parts, order).start)

    parts.store.run(begin)


def _clear(parts: Parts, lender: Lender, path: Path) -> None:
    group = [
        one for end in ("", *drop.SUFFIXES) if (one := path.with_name(path.name + end)).is_symlink() or one.exists()
    ]
    size = sum(one.lstat().st_size for one in group)
    parts.store.run(lambda uow: _note_cleared(parts, uow, lender, len(group), size))
    for one in group:
        if one.is_symlink() or not one.is_file():
            one.unlink()
        else:
            drop.destroy(one)


def _note_cleared(parts: Parts, uow: UnitOfWork, lender: Lender | None, count: int, size: int) -> None:
    about = {"tenant_id": lender.source["tenant_id"], "object_id": lender.source["id"]} if lender is not None else {}
    _act(parts, uow).log(
        "import:drop:clear",
        verb=Verb.DESTROY,
        object_kind="source",
        detail=((DetailKey.COUNT, str(count)), (DetailKey.BYTES, str(size))),
        **about,
    )
