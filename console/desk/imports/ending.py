"""The acts of an import: begin, publish, let wait, refuse, abandon, destroy the file. Each is one transaction.

Who started it is read afresh for each act that decides: a role that was taken back meanwhile publishes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import update

from access.audit.events import DetailKey, Event, Verb
from access.errors import AccessError
from access.grants import oracle
from access.people.directory import load_actor
from access.policy import Action, Resource
from access.roles import Role
from access.store.base import UnitOfWork
from access.store.schema import import_batch, source
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.imports import bulk, drop, sources
from console.desk.imports.faults import Fault
from console.desk.imports.order import Order
from console.desk.imports.publishing import publish_batch
from console.desk.imports.staging import REJECT_COLUMNS, Stager
from console.desk.imports.sweep import leftovers, sweep, sweep_staged
from console.desk.imports.tally import Tally
from console.desk.parts import Parts

Detail = tuple[tuple[DetailKey, str], ...]
_HINT: Final = 200


class Ending:
    """Carries out the acts of one job.

    Attributes:
        batch_id: The batch, once begun; event_id: the event that began it.
    """

    def __init__(self, parts: Parts, order: Order) -> None:
        self._parts = parts
        self._order = order
        self.batch_id: str | None = None
        self.event_id = "0" * 32
        self._version = 0
        self._started_at = 0

    def _act(self, uow: UnitOfWork, *, decide: bool = False) -> Act:
        line = self._order.line
        act = Act(uow=uow, parts=self._parts, line=line)
        act.role = self._order.role
        if decide and self._order.standing:
            sources.require_standing(act, self._order.source_id)
        elif decide:
            actor = load_actor(uow, self._parts.proofs, line.person_id)
            if actor is None or actor.state != "active":
                act.refuse("session.ended")
            act.who = actor
            order = self._order
            batch = Resource(kind="batch", id=self.batch_id, tenant_id=order.tenant_id, unit_id=order.unit_id)
            act.require(Action.IMPORT_BATCH_STAGE, batch)
        return act

    def _event(self, act: Act, action: str, verb: Verb, *detail: tuple[DetailKey, str], **more: Any) -> Event:  # noqa: ANN401 - the closed schema checks each field
        return act.event(
            action,
            verb=verb,
            tenant_id=self._order.tenant_id,
            object_kind="batch",
            object_id=self.batch_id or self._order.job_id,
            detail=detail,
            **more,
        )

    def begin(self, digest: bytes, size: int, file_name: str) -> str:
        """Insert the batch that every row of this import will name; sweep what older ones left."""
        for old in leftovers(self._parts.store):
            sweep(self._parts.store, old)
        # A second attempt is a batch of its own; the first keeps the job's id.
        self.batch_id = self._order.job_id if self.batch_id is None else self._parts.ids.new()
        row = self._parts.store.run(lambda uow: self._begin(uow, digest, size, file_name))
        self._version, self.event_id, self._started_at = row["version"], row["event_id"], row["started_at"]
        return self.batch_id

    def _begin(self, uow: UnitOfWork, digest: bytes, size: int, file_name: str) -> dict[str, Any]:
        act, order = self._act(uow), self._order
        counts = dict.fromkeys(
            ("staged_rows", "good_rows", "bad_rows", "new_cases", "new_accounts", "changed_accounts", "longest_pause"),
            0,
        )
        event = self._event(
            act,
            Action.IMPORT_BATCH_STAGE,
            Verb.COLLECT,
            (DetailKey.KIND, order.kind.value),
            (DetailKey.DIGEST, digest.hex()),
            (DetailKey.BYTES, str(size)),
        )
        values = {
            "id": self.batch_id,
            "tenant_id": order.tenant_id,
            "source_id": order.source_id,
            "kind": order.kind.value,
            "file_name": file_name,
            "file_digest": digest,
            "file_size": size,
            "state": "staging",
            "started_by": order.line.person_id or order.standing,
            "approved_by": None,
            "started_at": uow.now,
            "published_at": None,
            **counts,
        }
        return self._parts.proofs.insert(uow, import_batch, values, event)

    def publish(self, tally: Tally, stager: Stager) -> None:
        """Make the batch visible.

        Raises:
            Overtaken: another one published what it holds as new.
            Refused: who started it may not any more.
        """
        stager.timed(lambda uow: self._publish(uow, tally))

    def _publish(self, uow: UnitOfWork, tally: Tally) -> None:
        act = self._act(uow, decide=True)
        publish_batch(act, self._row(uow), self._order.unit_id, self._event(act, *_published(tally)))
        if tally.renewed:
            uow.append(self._event(act, "import:contact:renew", Verb.STORE, rows=tally.renewed))
        oracle.give_back(uow, bytes.fromhex(self._order.job_id))
        self._keep_mapping(uow, tally)

    def _keep_mapping(self, uow: UnitOfWork, tally: Tally) -> None:
        if self._order.kind.value == "cases" and tally.mapping:
            saved = json.dumps({**self._order.remembered, **dict(tally.mapping)}, ensure_ascii=False)
            uow.connection.execute(update(source).where(source.c.id == self._order.source_id).values(mapping=saved))

    def settle(self, longest_pause: int) -> None:
        """After publishing: keep the longest pause, take away the staged changes that have done their work."""
        if self.batch_id is None:
            return
        self._parts.store.run(lambda uow: self._settle(uow, longest_pause))
        sweep_staged(self._parts.store, self.batch_id)

    def _settle(self, uow: UnitOfWork, longest_pause: int) -> None:
        uow.connection.execute(
            update(import_batch).where(import_batch.c.id == self.batch_id).values(longest_pause=longest_pause)
        )

    def let_wait(self, tally: Tally) -> str:
        """Leave the batch to the security admin, whole and invisible."""
        self._parts.store.run(lambda uow: self._wait(uow, tally))
        return "waiting"

    def _wait(self, uow: UnitOfWork, tally: Tally) -> None:
        act = self._act(uow, decide=True)
        self._change(uow, "waiting", self._event(act, "import:batch:wait", Verb.STORE, *_counts(tally)))
        self._keep_mapping(uow, tally)
        act.push("import", self.batch_id or "", Audience.of(roles=(str(Role.SECURITY_ADMIN),)))

    def refuse(self, tally: Tally, *, quarantine: bool) -> str:
        """End a batch that cannot be taken; its faults are kept, its rows are not."""
        state = "quarantined" if quarantine else "refused"
        try:
            self._parts.store.run(lambda uow: self._refuse(uow, state, tally))
            if self._order.request.drop and (quarantine or self._unverified(tally)):
                self._move_aside()
            self._sweep()
        except (AccessError, OSError):
            # The batch stays invisible as it is; it is swept when the store is open again.
            return "failed"
        return state

    @staticmethod
    def _unverified(tally: Tally) -> bool:
        return any(fault.code.value in {"file.digest", "file.signature"} for fault in tally.faults)

    def _move_aside(self) -> None:
        home = self._parts.home
        if home is not None:
            order = self._order
            drop.quarantine(home.drop / order.source_name, order.request.drop, home.root / "quarantine" / order.job_id)

    def _refuse(self, uow: UnitOfWork, state: str, tally: Tally) -> None:
        act = self._act(uow)
        first = tally.faults[0].code.value if tally.faults else "file.unreadable"
        verb = "quarantine" if state == "quarantined" else "refuse"
        event = self._event(act, f"import:batch:{verb}", Verb.DELETE, *_counts(tally), result="refused", rule=first)
        if self.batch_id is None or self._order.request.dry_run:
            uow.append(event)
            return
        self._change(uow, state, event)
        self._rejects(uow, tally.faults)

    def _rejects(self, uow: UnitOfWork, faults: Sequence[Fault]) -> None:
        from access.store.schema import import_reject  # noqa: PLC0415 - beside its only use

        uow.connection.execute(import_reject.delete().where(import_reject.c.batch_id == self.batch_id))
        tenant = self._order.tenant_id
        rows = [
            (self.batch_id, place, tenant, one.row, one.column, one.code.value, one.hint[:_HINT])
            for place, one in enumerate(sorted(faults, key=lambda one: one.row))
        ]
        if rows:
            bulk.insert(uow, "import_reject", REJECT_COLUMNS, rows)

    def abandon(self, why: str) -> str:
        """End a batch that was stopped or failed; nothing of it stays."""
        try:
            if self.batch_id is not None and not self._order.request.dry_run:
                self._parts.store.run(lambda uow: self._abandon(uow, why))
                self._sweep()
        except AccessError:
            # The store is shut: the next start of the desk abandons and sweeps it.
            return "failed"
        return why

    def _abandon(self, uow: UnitOfWork, why: str) -> None:
        act = self._act(uow)
        event = self._event(act, "import:batch:abandon", Verb.DELETE, (DetailKey.CODE, why), result="failed")
        self._change(uow, "abandoned", event)

    def dry_run(self, tally: Tally) -> None:
        """Log what was asked; it was paid for when it began."""
        self._parts.store.run(lambda uow: self._dry_run(uow, tally))

    def _dry_run(self, uow: UnitOfWork, tally: Tally) -> None:
        act = self._act(uow)
        uow.append(self._event(act, Action.IMPORT_BATCH_DRY_RUN, Verb.USE, *_counts(tally)))

    def destroy(self, private: Path) -> None:
        """Overwrite and unlink the lender's file, and say so in the log."""
        order, home = self._order, self._parts.home
        size = 0
        if order.request.drop and home is not None:
            original = home.drop / order.source_name / order.request.drop
            paths = [original, *(original.with_name(original.name + end) for end in drop.SUFFIXES), private]
        else:
            paths = [private]
        for path in paths:
            if path.is_file():
                size += drop.destroy(path)
        self._parts.store.run(lambda uow: self._destroyed(uow, size))

    def _destroyed(self, uow: UnitOfWork, size: int) -> None:
        act = self._act(uow)
        uow.append(self._event(act, "import:file:destroy", Verb.DESTROY, (DetailKey.BYTES, str(size))))

    def _row(self, uow: UnitOfWork) -> Any:  # noqa: ANN401 - a row mapping
        return self._parts.proofs.get(uow, import_batch, self.batch_id or "")

    def _change(self, uow: UnitOfWork, state: str, event: Event) -> None:
        self._parts.proofs.update(uow, import_batch, self.batch_id or "", self._version, {"state": state}, event)

    def _sweep(self) -> None:
        if self.batch_id is not None:
            sweep(self._parts.store, self.batch_id)


def _counts(tally: Tally) -> Detail:
    return (
        (DetailKey.NEW, str(tally.new_cases)),
        (DetailKey.CHANGED, str(tally.changed)),
        (DetailKey.REJECTED, str(tally.bad)),
        (DetailKey.COUNT, str(tally.faults_total)),
    )


def _published(tally: Tally) -> tuple[Any, ...]:
    return ("import:batch:publish", Verb.STORE, *_counts(tally))
