"""Triggers that keep the log append-only on both engines.

They refuse UPDATE and DELETE on `audit_event` and `audit_checkpoint` (and TRUNCATE on PostgreSQL), any event out of
sequence or a second time, and taking one out of the outbox before it is in the log. Whoever owns the database can drop
them: that they are there is checked by `broken`, that nothing was changed without them is proved by
`access.audit.verify`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from access.store.chainer import CHAIN_LOCK

DUPLICATE_EVENT: Final = "event is in the log already"

_FROZEN: Final = ("audit_event", "audit_checkpoint")
_SQLITE_ABORT: Final = "BEGIN SELECT RAISE(ABORT, '{why}'); END"


def _sqlite_triggers() -> dict[str, str]:
    rules: dict[str, tuple[str, str]] = {}
    for table in _FROZEN:
        rules[f"{table}_no_update"] = (f"BEFORE UPDATE ON {table}", "the log is append-only")
        rules[f"{table}_no_delete"] = (f"BEFORE DELETE ON {table}", "the log is append-only")
    rules["audit_event_once"] = (
        "BEFORE INSERT ON audit_event WHEN EXISTS (SELECT 1 FROM audit_event WHERE event_id = NEW.event_id)",
        DUPLICATE_EVENT,
    )
    rules["audit_event_in_sequence"] = (
        "BEFORE INSERT ON audit_event WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit_event)",
        "event out of sequence",
    )
    rules["audit_outbox_no_update"] = ("BEFORE UPDATE ON audit_outbox", "the log is append-only")
    rules["audit_outbox_chained_first"] = (
        "BEFORE DELETE ON audit_outbox WHEN NOT EXISTS (SELECT 1 FROM audit_event WHERE event_id = OLD.event_id)",
        "event is not in the log yet",
    )
    return {
        name: f"CREATE TRIGGER {name} {rule} {_SQLITE_ABORT.format(why=why)}" for name, (rule, why) in rules.items()
    }


_SQLITE: Final = _sqlite_triggers()

_REFUSE_BODY: Final = """
BEGIN
  RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'insufficient_privilege';
END
"""

_CHAINED_BODY: Final = """
BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_event WHERE event_id = OLD.event_id) THEN
    RAISE EXCEPTION 'event is not in the log yet' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN OLD;
END
"""

_ONCE_BODY: Final = f"""
BEGIN
  IF EXISTS (SELECT 1 FROM audit_event WHERE event_id = NEW.event_id) THEN
    RAISE EXCEPTION '{DUPLICATE_EVENT}' USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END
"""  # noqa: S608 - a text of ours

_POSTGRES_FUNCTIONS: Final = {
    "veildesk_refuse": _REFUSE_BODY,
    "veildesk_chained": _CHAINED_BODY,
    "veildesk_once": _ONCE_BODY,
}


def _postgres_triggers() -> dict[str, tuple[str, str]]:
    """Trigger name to (table, definition after the name)."""
    refuse = "EXECUTE FUNCTION veildesk_refuse()"
    rules: dict[str, tuple[str, str]] = {}
    for table in _FROZEN:
        rules[f"{table}_no_change"] = (
            table,
            f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}",
        )
        rules[f"{table}_no_truncate"] = (table, f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
    rules["audit_outbox_no_update"] = (
        "audit_outbox",
        f"BEFORE UPDATE ON audit_outbox FOR EACH ROW {refuse}",
    )
    rules["audit_outbox_no_truncate"] = (
        "audit_outbox",
        f"BEFORE TRUNCATE ON audit_outbox FOR EACH STATEMENT {refuse}",
    )
    rules["audit_outbox_chained_first"] = (
        "audit_outbox",
        "BEFORE DELETE ON audit_outbox FOR EACH ROW EXECUTE FUNCTION veildesk_chained()",
    )
    rules["audit_outbox_once"] = (
        "audit_outbox",
        "BEFORE INSERT ON audit_outbox FOR EACH ROW EXECUTE FUNCTION veildesk_once()",
    )
    return rules


_POSTGRES: Final = _postgres_triggers()


def install(connection: Connection) -> None:
    """Create every trigger afresh, inside the caller's transaction."""
    remove(connection)
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE.values():
            connection.exec_driver_sql(statement)
        return
    for name, body in _POSTGRES_FUNCTIONS.items():
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $veildesk${body}$veildesk$"
        )
    for name, (_table, rule) in _POSTGRES.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {rule}")


def remove(connection: Connection) -> None:
    """Drop every trigger. Only migrations do this, and install them again in the same transaction.

    On PostgreSQL no desk chains meanwhile: dropping locks the log's tables one by one, and so does the chainer.
    """
    if connection.dialect.name == "sqlite":
        for name in _SQLITE:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        return
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({CHAIN_LOCK})")
    present = set(
        connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").scalars()
    )
    for name, (table, _rule) in _POSTGRES.items():
        if table in present:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def broken(connection: Connection) -> list[str]:
    """Return the names of triggers and functions that are missing, disabled or changed, in order."""
    if connection.dialect.name == "sqlite":
        found: dict[str, str] = dict(
            connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        )
        return sorted(name for name, statement in _SQLITE.items() if found.get(name) != statement)
    enabled = set(
        connection.exec_driver_sql(
            "SELECT t.tgname || ' ' || c.relname || ' ' || p.proname FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND n.nspname = current_schema()"
        ).scalars()
    )
    sources: dict[str, str] = dict(
        connection.exec_driver_sql(
            "SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = current_schema() AND p.proname LIKE 'veildesk%%'"
        ).all()
    )
    names = [
        name
        for name, (table, rule) in _POSTGRES.items()
        if f"{name} {table} {rule.rpartition(' ')[2].removesuffix('()')}" not in enabled
    ]
    names += [name for name, body in _POSTGRES_FUNCTIONS.items() if sources.get(name) != body]
    return sorted(names)
