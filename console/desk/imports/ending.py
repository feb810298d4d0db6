"""The acts of an import: begin, publish, let wait, refuse, abandon. Each is one transaction.

Who started it is read afresh for each act that decides: a role that was taken back meanwhile publishes nothing. What
follows a publishing is in `afterwards`.
"""

from __future__ import annotations

import json
import threading
from typing import Any, Final

from sqlalchemy import select, update

from access.audit.events import DetailKey, Event, Verb
from access.errors import AccessError
from access.grants import oracle
from access.people.directory import load_actor
from access.policy import Action, Conditions, Resource
from access.roles import Role
from access.store.base import UnitOfWork
from access.store.schema import import_batch, source
from console.desk.act import Act
from console.desk.agencies.engaged import in_date
from console.desk.hub import Audience
from console.desk.imports import bulk, drop, sources
from console.desk.imports.faults import unnamed
from console.desk.imports.order import Order
from console.desk.imports.overtaken import serialise
from console.desk.imports.publishing import publish_batch
from console.desk.imports.staging import REJECT_COLUMNS, Stager
from console.desk.imports.sweep import leftovers, sweep
from console.desk.imports.tally import Tally
from console.desk.parts import Parts

Detail = tuple[tuple[DetailKey, str], ...]
_HINT: Final = 200
_ASKED_AGAIN: Final = (0.2, 1.0, 3.0)
"""Seconds between asking a store that does not answer what became of a batch."""


class Ending:
    """Carries out the acts of one job.

    Attributes:
        batch_id: The batch, once begun; event_id: the event that began it.
    """

    def __init__(self, parts: Parts, order: Order) -> None:
        self.parts = parts
        self.order = order
        self.batch_id: str | None = None
        self.event_id = "0" * 32
        self._version = 0
        self._started_at = 0

    def act(self, uow: UnitOfWork, *, decide: bool = False, gives: bool = False) -> Act:
        """An act of whoever started it; decide: whether they may still is asked afresh. gives: it brings new cases."""
        line = self.order.line
        act = Act(uow=uow, parts=self.parts, line=line)
        act.role = self.order.role
        if decide and self.order.standing:
            sources.require_standing(act, self.order.source_id)
        elif decide:
            actor = load_actor(uow, self.parts.proofs, line.person_id)
            if actor is None or actor.state != "active":
                act.refuse("session.ended")
            act.who = actor
            order = self.order
            agency = order.agency_id if gives else None
            batch = Resource(
                kind="batch", id=self.batch_id, tenant_id=order.tenant_id, unit_id=order.unit_id, agency_id=agency
            )
            act.require(Action.IMPORT_BATCH_STAGE, batch, Conditions(engaged=in_date(act, agency)))
        return act

    def event(self, act: Act, action: str, verb: Verb, *detail: tuple[DetailKey, str], **more: Any) -> Event:  # noqa: ANN401 - the closed schema checks each field
        """An event about the batch, not yet appended."""
        return act.event(
            action,
            verb=verb,
            tenant_id=self.order.tenant_id,
            object_kind="batch",
            object_id=self.batch_id or self.order.job_id,
            detail=detail,
            **more,
        )

    def begin(self, digest: bytes, size: int, file_name: str) -> str:
        """Insert the batch that every row of this import will name; sweep what older ones left."""
        for old in leftovers(self.parts.store):
            sweep(self.parts.store, old)
        # A second attempt is a batch of its own; the first keeps the job's id.
        self.batch_id = self.order.job_id if self.batch_id is None else self.parts.ids.new()
        row = self.parts.store.run(lambda uow: self._begin(uow, digest, size, file_name))
        self._version, self.event_id, self._started_at = row["version"], row["event_id"], row["started_at"]
        return self.batch_id

    def _begin(self, uow: UnitOfWork, digest: bytes, size: int, file_name: str) -> dict[str, Any]:
        act, order = self.act(uow), self.order
        counts = dict.fromkeys(
            ("staged_rows", "good_rows", "bad_rows", "new_cases", "new_accounts", "changed_accounts", "longest_pause"),
            0,
        )
        event = self.event(
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
            # After whatever it sees published, before whatever it does not.
            "started_at": serialise(uow, order.tenant_id, after=1),
            "published_at": None,
            **counts,
        }
        return self.parts.proofs.insert(uow, import_batch, values, event)

    def publish(self, tally: Tally, stager: Stager) -> None:
        """Make the batch visible.

        Raises:
            Overtaken: another one published what it holds as new.
            Refused: who started it may not any more.
        """
        stager.timed(lambda uow: self._publish(uow, tally))

    def _publish(self, uow: UnitOfWork, tally: Tally) -> None:
        act = self.act(uow, decide=True, gives=tally.new_cases > 0)
        publish_batch(act, self._row(uow), self.order.unit_id, self.event(act, *_published(tally)))
        if tally.renewed:
            uow.append(self.event(act, "import:contact:renew", Verb.STORE, rows=tally.renewed))
        oracle.give_back(uow, bytes.fromhex(self.order.job_id))
        self._keep_mapping(uow, tally)

    def _keep_mapping(self, uow: UnitOfWork, tally: Tally) -> None:
        if self.order.kind.value == "cases" and tally.mapping:
            saved = json.dumps({**self.order.remembered, **dict(tally.mapping)}, ensure_ascii=False)
            uow.connection.execute(update(source).where(source.c.id == self.order.source_id).values(mapping=saved))

    def let_wait(self, tally: Tally) -> str:
        """Leave the batch to the security admin, whole and invisible."""
        self.parts.store.run(lambda uow: self._wait(uow, tally))
        return "waiting"

    def _wait(self, uow: UnitOfWork, tally: Tally) -> None:
        act = self.act(uow, decide=True)
        self._change(uow, "waiting", self.event(act, "import:batch:wait", Verb.STORE, *_counts(tally)))
        self._keep_mapping(uow, tally)
        act.push("import", self.batch_id or "", Audience.of(roles=(str(Role.SECURITY_ADMIN),)))

    def refuse(self, tally: Tally, *, quarantine: bool) -> str:
        """End a batch that cannot be taken; its faults are kept, its rows are not."""
        state = "quarantined" if quarantine else "refused"
        try:
            self.parts.store.run(lambda uow: self._refuse(uow, state, tally))
            if self.order.request.drop and (quarantine or self._unverified(tally)):
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
        home = self.parts.home
        if home is not None:
            order = self.order
            now = self.parts.clock.now_us()
            drop.quarantine(home.drop / order.source_name, order.request.drop, home.quarantine / order.job_id, now)

    def _refuse(self, uow: UnitOfWork, state: str, tally: Tally) -> None:
        act = self.act(uow)
        first = tally.faults[0].code.value if tally.faults else "file.unreadable"
        verb = "quarantine" if state == "quarantined" else "refuse"
        event = self.event(act, f"import:batch:{verb}", Verb.DELETE, *_counts(tally), result="refused", rule=first)
        if self.batch_id is None or self.order.request.dry_run:
            uow.append(event)
            return
        self._change(uow, state, event)
        self._rejects(uow, tally)

    def _rejects(self, uow: UnitOfWork, tally: Tally) -> None:
        from access.store.schema import import_reject  # noqa: PLC0415 - beside its only use

        uow.connection.execute(import_reject.delete().where(import_reject.c.batch_id == self.batch_id))
        tenant, more = self.order.tenant_id, tally.faults_total - len(tally.faults)
        faults = [*sorted(tally.faults, key=lambda one: one.row), *([unnamed(more)] if more > 0 else [])]
        rows = [
            (self.batch_id, place, tenant, one.row, one.column, one.code.value, one.hint[:_HINT])
            for place, one in enumerate(faults)
        ]
        if rows:
            bulk.insert(uow, "import_reject", REJECT_COLUMNS, rows)

    def abandon(self, why: str) -> str:
        """End a batch that was stopped or failed; nothing of it stays."""
        try:
            if self.batch_id is not None and not self.order.request.dry_run:
                self.parts.store.run(lambda uow: self._abandon(uow, why))
                self._sweep()
        except AccessError:
            # The store is shut: the next start of the desk abandons and sweeps it.
            return "failed"
        return why

    def _abandon(self, uow: UnitOfWork, why: str) -> None:
        act = self.act(uow)
        event = self.event(act, "import:batch:abandon", Verb.DELETE, (DetailKey.CODE, why), result="failed")
        self._change(uow, "abandoned", event)

    def dry_run(self, tally: Tally) -> None:
        """Log what was asked; it was paid for when it began."""
        self.parts.store.run(lambda uow: self._dry_run(uow, tally))

    def _dry_run(self, uow: UnitOfWork, tally: Tally) -> None:
        act = self.act(uow)
        uow.append(self.event(act, Action.IMPORT_BATCH_DRY_RUN, Verb.USE, *_counts(tally)))

    def fate(self) -> str:
        """What the batch's own row says of its state; empty where there is none, or the store does not answer.

        An answer that was lost on its way is no answer: the database may have done what it did not get to say.
        """
        if self.batch_id is None or self.order.request.dry_run:
            return ""
        for pause in _ASKED_AGAIN:
            try:
                row = self.parts.store.run(self._row)
            except AccessError:
                threading.Event().wait(pause)
            else:
                return str(row["state"]) if row is not None else ""
        return ""

    def published_before(self, digest: bytes) -> bool:
        """Whether a file of this very content, source and kind was published already, by a row that proves itself."""

        def seen(uow: UnitOfWork) -> bool:
            rows = uow.connection.execute(
                select(import_batch).where(
                    import_batch.c.source_id == self.order.source_id,
                    import_batch.c.kind == self.order.kind.value,
                    import_batch.c.file_digest == digest,
                    import_batch.c.state == "published",
                )
            )
            return bool(self.parts.proofs.holding(uow, import_batch, rows.mappings().all()))

        return self.parts.store.run(seen)

    def _row(self, uow: UnitOfWork) -> Any:  # noqa: ANN401 - a row mapping
        return self.parts.proofs.get(uow, import_batch, self.batch_id or "")

    def _change(self, uow: UnitOfWork, state: str, event: Event) -> None:
        self.parts.proofs.update(uow, import_batch, self.batch_id or "", self._version, {"state": state}, event)

    def _sweep(self) -> None:
        if self.batch_id is not None:
            sweep(self.parts.store, self.batch_id)


def _counts(tally: Tally) -> Detail:
    return (
        (DetailKey.NEW, str(tally.new_cases)),
        (DetailKey.CHANGED, str(tally.changed)),
        (DetailKey.REJECTED, str(tally.bad)),
        (DetailKey.COUNT, str(tally.faults_total)),
    )


def _published(tally: Tally) -> tuple[Any, ...]:
    return ("import:batch:publish", Verb.STORE, *_counts(tally))
