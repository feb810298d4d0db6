"""An export as its viewer sees it. Whoever releases or watches it learns what it is, never what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource
from access.store.schema import export_file, org_unit
from console.desk.act import Act
from console.desk.api.exports import Consent, ExportView
from console.desk.cases.rows import find_cases, staff_names
from console.desk.exports import filters, making
from console.desk.exports.records import Row, chain_of, decisions_on, needs_key, next_action, resource_of
from console.desk.exports.states import ExportState
from masking.gm import Sm2PublicKey
from watermark.visible import export_number

_KEY_SHOWN: Final = 16
_WHILE_HERE: Final = {ExportState.APPROVED, ExportState.GENERATING, ExportState.READY, ExportState.RELEASED}
_OUT: Final = {ExportState.RELEASED, ExportState.FETCHED}
_COUNTED: Final = {ExportState.DRAFT, ExportState.PENDING, ExportState.APPROVED}


def view(act: Act, row: Row) -> ExportView:
    """One export."""
    return views(act, [row])[0]


def views(act: Act, rows: Sequence[Row]) -> tuple[ExportView, ...]:
    """Exports, in their order."""
    ids = [row["id"] for row in rows]
    given = decisions_on(act, ids)
    files = {
        one["id"]: one
        for one in (held_rows(act.uow, act.proofs, export_file, export_file.c.id.in_(ids)) if ids else [])
    }
    releasers = {one["released_by"] for one in files.values()}
    deciders = {one["person_id"] for found in given.values() for one in found}
    names = staff_names(act, {row["asker_id"] for row in rows} | deciders | releasers)
    units = {row["id"]: row["name"] for row in held_rows(act.uow, act.proofs, org_unit)}
    return tuple(_view(act, row, given[row["id"]], files.get(row["id"]), (names, units)) for row in rows)


def _view(
    act: Act,
    row: Row,
    given: Sequence[Row],
    made: Row | None,
    words: tuple[dict[str, str], dict[str, str]],
) -> ExportView:
    names, units = words
    state = ExportState(row["state"])
    fields = tuple(row["fields"].split(","))
    done, total = making.progress(row["id"])
    return ExportView(
        export_id=row["id"],
        number=export_number(row["serial"]),
        state=row["state"],
        unit=units.get(row["unit_id"], ""),
        asker=names.get(row["asker_id"], ""),
        asked_at=row["asked_at"],
        purpose=row["purpose"],
        words=row["words"],
        reach=row["reach"],
        recipient=row["recipient"],
        key=_key(row),
        fields=fields,
        rule=filters.decode(row["filter"]),
        row_cap=row["row_cap"],
        profile=row["profile"],
        format=row["format"],
        locked=bool(row["locked"]),
        use_until=row["use_until"],
        basis=row["basis"],
        assessment=row["assessment"],
        notice=row["notice"],
        template=row["template"],
        case=_case(act, row),
        level=row["level"],
        combinations=act.parts.catalogue.effective_level(fields).combinations,
        chain=_chain(row, given, names),
        matching=filters.count(act.db, row) if state in _COUNTED else None,
        rows=made["rows"] if made is not None else None,
        left_out=made["left_out"] if made is not None else None,
        size=made["size"] if made is not None else None,
        digest=bytes(made["digest"]).hex() if made is not None else "",
        sealed=bool(made["sealed"]) if made is not None else row["recipient_key"] is not None,
        done=done,
        total=total,
        overdue=state is ExportState.FETCHED and row["use_until"] <= act.now,
        released_by=names.get((made["released_by"] if made is not None else None) or "", ""),
        expires_at=made["expires_at"] if made is not None else None,
        fetched_at=made["fetched_at"] if made is not None else None,
        file_name=making.file_name(row) if made is not None else "",
        may=_may(act, row, given, made),
        version=row["version"],
    )


def _case(act: Act, row: Row) -> str:
    """The number of a printout's case, by which whoever agrees knows it."""
    if row["template"] != "case":
        return ""
    found = find_cases(act, filters.decode(row["filter"]).case)
    return str(found[0]["number"]) if found else ""


def _key(row: Row) -> str:
    raw = row["recipient_key"]
    return Sm2PublicKey(bytes(raw)).key_id.hex()[:_KEY_SHOWN] if raw is not None else ""


def _chain(row: Row, given: Sequence[Row], names: dict[str, str]) -> tuple[Consent, ...]:
    by_place = {one["place"]: one for one in given}
    found = []
    places = dict(enumerate((one.value for one in chain_of(row)), 1))
    for place in sorted({*places, *by_place}):
        one = by_place.get(place)
        found.append(
            Consent(
                role=places[place] if place in places else one["role"] if one is not None else "",
                person=names.get(one["person_id"], "") if one is not None else "",
                verdict=one["verdict"] if one is not None else "",
                words=one["words"] if one is not None else "",
                at=one["at"] if one is not None else None,
            )
        )
    return tuple(found)


def _may(act: Act, row: Row, given: Sequence[Row], made: Row | None) -> tuple[str, ...]:
    """What the viewer may do to it now; asked of the one decision, so that a key shown is a key that works."""
    state, about = ExportState(row["state"]), resource_of(act, row, given)
    mine = row["asker_id"] == act.actor.person_id

    def ok(action: Action, conditions: Conditions | None = None) -> bool:
        return act.allowed(action, about, conditions or Conditions(overdue=False)).allowed

    found: list[str] = []
    if mine and state is ExportState.DRAFT:
        found.append("submit")
    if mine and state in {ExportState.DRAFT, ExportState.PENDING, *_WHILE_HERE}:
        found.append("withdraw")
    following = next_action(act, row, given)
    if following is not None and ok(following):
        found.append("decide")
    if state is ExportState.READY and ok(Action.EXPORT_FILE_RELEASE, leaves(act, made)):
        found.append("release")
    if mine and state is ExportState.RELEASED:
        found.append("fetch")
    if mine and made is not None and made["password"] is not None and state in _OUT:
        found.append("password")
    if mine and state is ExportState.FETCHED:
        found.append("confirm")
    if state in {ExportState.PENDING, *_WHILE_HERE} and not mine and ok(Action.EXPORT_REQUEST_CANCEL):
        found.append("cancel")
    return tuple(found)


def leaves(act: Act, made: Row | None) -> Conditions:
    """Whether whoever releases the file could not open it: it is sealed, or this is a demo, which says so."""
    sealed = made is not None and bool(made["sealed"])
    return Conditions(sealed=sealed or (made is not None and not needs_key(act.parts)), overdue=False)


def visible(act: Act, row: Row, given: Sequence[Row] | None = None) -> bool:
    """Whether the viewer may know of it: asked for it, agreed to it, may agree, releases, watches."""
    about: Resource = resource_of(act, row, given)
    if act.actor.person_id in {row["asker_id"], *about.party_ids}:
        return act.allowed(Action.EXPORT_REQUEST_LIST, about).allowed
    return row["state"] != ExportState.DRAFT and act.allowed(Action.EXPORT_REQUEST_LIST, about).allowed
