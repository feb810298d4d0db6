"""The closed schema: nothing enters the log that is not listed, and nothing that may be personal data."""

from __future__ import annotations

import re
import types
import typing
from enum import StrEnum
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.audit import details, events
from access.audit.details import COUNT_KEYS, DIGEST_KEYS, ID_KEYS, DetailKey
from access.audit.events import STRING_FIELDS, Event, Verb, decode, encode
from access.errors import EventRefused

ID = "01a1f677aa8072e9971e928b23f30db3"
TENANT = "0" * 32


def event(**fields: Any) -> Event:
    values: dict[str, Any] = {
        "id": ID,
        "at": 1_795_136_400_000_000,
        "action": "case:file:open",
        "verb": Verb.USE,
        "tenant_id": TENANT,
    }
    return Event(**(values | fields))


FULL: dict[str, Any] = {
    "result": "refused",
    "person_id": ID,
    "role": "supervisor",
    "unit_id": ID,
    "source": "192.0.2.7:50022",
    "terminal": "pts/3",
    "session_id": ID,
    "object_kind": "case",
    "object_id": ID,
    "case_id": ID,
    "purpose": "collection",
    "reason": "callback",
    "rule": "Y-4.2.1",
    "approval_id": ID,
    "fields": ("mobile", "contact_name#2"),
    "minutes": 5,
    "level": 3,
    "rows": 1_000_000,
    "subject": f"role_grant:{ID}",
    "subject_version": 4,
    "detail": ((DetailKey.FROM, "pending"), (DetailKey.COUNT, "12"), (DetailKey.DIGEST, "a1" * 32)),
}


@pytest.mark.clause("C-5.4f", "Y-4.3.1")
def test_string_fields_are_all_listed() -> None:
    """A new field that may hold text fails here until somebody has thought about what it may say."""

    def holds_text(hint: object) -> bool:
        arguments = typing.get_args(hint)
        return hint is str or any(holds_text(one) for one in arguments if not isinstance(one, str))

    hints = typing.get_type_hints(Event)
    texts = {name for name, hint in hints.items() if holds_text(hint)}
    assert texts == {*STRING_FIELDS, "fields", "detail"}
    others = {name: hint for name, hint in hints.items() if name not in texts}
    assert others == {
        "at": int,
        "verb": Verb,
        "result": events.Result,
        "minutes": int | None,
        "level": int | None,
        "rows": int | None,
        "subject_version": int | None,
    }


@pytest.mark.clause("C-5.4f")
def test_every_detail_key_is_explained() -> None:
    assert details.__doc__ is not None
    explained = re.findall(r"^\* ``(\w+)``: \S", details.__doc__, re.MULTILINE)
    assert sorted(explained) == sorted(DetailKey)
    assert list(DetailKey) == sorted(DetailKey)
    assert not ID_KEYS & COUNT_KEYS
    assert not ID_KEYS & DIGEST_KEYS
    assert not COUNT_KEYS & DIGEST_KEYS


@pytest.mark.clause("Y-4.3.1", "C-5.4f", "R-43b")
def test_an_event_says_who_when_whence_what_why_and_how_it_ended() -> None:
    asked = {"at", "person_id", "role", "unit_id", "source", "terminal", "session_id", "action", "object_kind"}
    asked |= {"object_id", "purpose", "reason", "approval_id", "result", "level", "rows", "rule", "verb"}
    assert asked <= set(Event.__struct_fields__)


@pytest.mark.clause("R-3")
def test_verbs_are_those_of_the_regulation() -> None:
    assert {str(verb) for verb in Verb} == {
        *("collect", "store", "use", "process", "transmit", "provide"),
        *("share", "transfer", "publish", "delete", "destroy"),
    }


def test_canonical_bytes_are_fixed() -> None:
    """Bytes once written are hashed for good: a change here breaks every log there is."""
    assert encode(event()) == (
        b'{"v":"vd1","id":"01a1f677aa8072e9971e928b23f30db3","at":1795136400000000,"action":"case:file:open",'
        b'"verb":"use","tenant_id":"00000000000000000000000000000000"}'
    )
    assert encode(event(**FULL)) == (
        b'{"v":"vd1","id":"01a1f677aa8072e9971e928b23f30db3","at":1795136400000000,"action":"case:file:open",'
        b'"verb":"use","tenant_id":"00000000000000000000000000000000","result":"refused",'
        b'"person_id":"01a1f677aa8072e9971e928b23f30db3","role":"supervisor",'
        b'"unit_id":"01a1f677aa8072e9971e928b23f30db3","source":"192.0.2.7:50022","terminal":"pts/3",'
        b'"session_id":"01a1f677aa8072e9971e928b23f30db3","object_kind":"case",'
        b'"object_id":"01a1f677aa8072e9971e928b23f30db3","case_id":"01a1f677aa8072e9971e928b23f30db3",'
        b'"purpose":"collection","reason":"callback","rule":"Y-4.2.1",'
        b'"approval_id":"01a1f677aa8072e9971e928b23f30db3","fields":["mobile","contact_name#2"],"minutes":5,'
        b'"level":3,"rows":1000000,"subject":"role_grant:01a1f677aa8072e9971e928b23f30db3","subject_version":4,'
        b'"detail":[["from","pending"],["count","12"],["digest","' + b"a1" * 32 + b'"]]}'
    )


def test_bytes_read_back() -> None:
    for one in (event(), event(**FULL)):
        assert decode(encode(one)) == one
    for garbage in (b"", b"{}", b"\xff", b'{"v":"vd2"}', b'{"v":"vd1","id":5}'):
        with pytest.raises(EventRefused):
            decode(garbage)


PERSONAL = [
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "+8613812345678",
    "110101199003070011",
    "6222020200112233445",
    "0571-88889999",
    "8888999",
    "a@example.com 13812345678",
]
ADDRESSED = ["a@example.com", "zhang.san@mail.example.cn"]


@pytest.mark.clause("design-1", "Y-4.8.2")
@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("field", [*STRING_FIELDS, "fields", "detail"])
def test_numbers_of_persons_are_refused(field: str, text: str) -> None:
    value: object = text
    if field == "fields":
        value = ("mobile", text)
    elif field == "detail":
        value = ((DetailKey.NAME, text),)
    with pytest.raises(EventRefused) as refused:
        encode(event(**{field: value}))
    assert text not in repr(refused.value)
    assert text not in str(refused.value)


@pytest.mark.clause("design-1")
@pytest.mark.parametrize("text", ADDRESSED)
def test_addresses_of_persons_are_refused(text: str) -> None:
    with pytest.raises(EventRefused):
        encode(event(detail=((DetailKey.NAME, text),)))


@pytest.mark.parametrize(
    "source", ["192.168.100.200:50022", "local", "[2001:db8:85a3::8a2e:370:7334]:22", "fe80::1%eth0"]
)
def test_network_addresses_pass(source: str) -> None:
    assert decode(encode(event(source=source))).source == source


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x"),
        ("id", ID.upper()),
        ("person_id", ""),
        ("action", "open"),
        ("action", "case:file:open\n"),
        ("action", "a" * 60 + ":open"),
        ("role", "a role"),
        ("source", "\x1b[31m"),
        ("terminal", "pts/3\u202e"),
        ("object_id", "张三"),
        ("object_id", "C-1380-0138000"),
        ("object_id", "C-2026-00000017"),
        ("object_id", "C-2026-0000001:13800138000"),
        ("terminal", "C-2026-0000001"),
        ("object_kind", ""),
        ("rule", "x" * 65),
        ("subject", f"{'t' * 40}:{ID}"),
        ("fields", ("mobile", "")),
        ("fields", ("手机",)),
        ("verb", "look"),
        ("result", "maybe"),
        ("at", -1),
        ("at", 1.5),
        ("minutes", -1),
        ("level", 10),
        ("rows", True),
        ("role", b"agent"),
        ("detail", (("nonsense", "x"),)),
        ("detail", (("count", "5"),)),
        ("detail", ((DetailKey.COUNT, "12345678901"),)),
        ("detail", ((DetailKey.COUNT, "x"),)),
        ("detail", ((DetailKey.DIGEST, "abc"),)),
        ("detail", ((DetailKey.BATCH_ID, "7"),)),
        ("detail", ((DetailKey.NAME, "x" * 81),)),
        ("detail", ((DetailKey.NAME, "a\tb"),)),
        ("detail", ((DetailKey.NAME, "a\u200bb"),)),
        ("detail", ((DetailKey.NAME, 5),)),
        ("detail", ((DetailKey.NAME, ["x"]),)),
        ("role", ["agent"]),
    ],
)
def test_whatever_does_not_fit_is_refused(field: str, value: object) -> None:
    with pytest.raises(EventRefused) as refused:
        encode(event(**{field: value}))
    assert refused.value.params["field"] in {field, "body"}


def test_a_case_number_is_an_object() -> None:
    assert b'"object_id":"C-2026-0000001"' in encode(event(object_id="C-2026-0000001"))


def test_enumerations_are_written_as_their_text() -> None:
    class Action(StrEnum):
        OPEN = "case:file:open"

    assert encode(event(action=Action.OPEN)) == encode(event())


@given(text=st.text(max_size=80))
def test_no_run_of_digits_passes_as_a_detail(text: str) -> None:
    digits = "".join(mark for mark in text if mark.isdigit())
    try:
        body = encode(event(detail=((DetailKey.NAME, text),)))
    except EventRefused:
        return
    assert len(digits) < 7 or re.search(r"\d{7}", body.decode().partition('"detail"')[2]) is None
    assert all(mark.isprintable() for mark in text)


@given(number=st.integers(min_value=1_000_000, max_value=10**19), data=st.data())
def test_no_spelling_of_a_long_number_passes(number: int, data: st.DataObject) -> None:
    text = str(number)
    spelled = "".join(mark + data.draw(st.sampled_from(["", " ", "-", "."])) for mark in text)[:78]
    if sum(mark.isdigit() for mark in spelled) < 7:
        return
    with pytest.raises(EventRefused):
        encode(event(detail=((DetailKey.NAME, "n" + spelled),)))


def test_the_module_exports_no_second_way() -> None:
    """Bytes of the log come from `encode` alone."""
    encoders = [
        name
        for name, one in vars(events).items()
        if isinstance(one, types.FunctionType) and one.__module__ == events.__name__ and "encode" in name
    ]
    assert encoders == ["encode"]
    assert msgspec.json.encode(event()) == encode(event())
