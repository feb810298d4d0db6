"""The reference says everything there is: every act, setting, field, event field, detail and command, and nothing else.

`python -m tests.reference` writes it; here it is compared with what it would write now.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from access.audit.events import STRING_FIELDS, DetailKey, Event
from access.policy import Action
from console.desk.api import calls
from masking.catalogue import Catalogue
from tests import reference

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
REFERENCE = (ROOT / ".docs" / "reference.md").read_text("utf-8")


def test_the_reference_is_up_to_date() -> None:
    assert reference.render() == REFERENCE, "run: python -m tests.reference > .docs/reference.md"


@pytest.mark.clause("design-8")
def test_every_act_field_event_and_call_is_documented() -> None:
    names = [str(action) for action in Action]
    names += list(Catalogue.load().fields)
    names += [str(key) for key in DetailKey]
    names += [str(call.__struct_config__.tag) for call in calls()]
    names += list(Event.__struct_fields__)
    assert [name for name in names if f"`{name}`" not in REFERENCE] == []


@pytest.mark.clause("design-4", "C-5.4f")
def test_every_string_field_of_an_event_is_listed() -> None:
    text = {name for name, kind in Event.__annotations__.items() if "str" in str(kind) and name != "result"}
    composed = {"fields", "detail"}
    assert text - composed == set(STRING_FIELDS), "a new string field needs a shape before it may be written"


def test_the_readme_holds_the_two_commands_that_ci_runs() -> None:
    for name in ("one", "two"):
        assert re.search(rf"<!-- command {name} -->\n```sh\n[^`]+\n```", README)


def test_the_readme_names_only_files_that_exist() -> None:
    tops = "masking|access|console|watermark|tests|\\.ci|\\.docs"
    relative = set(re.findall(rf"(?<![\w/])((?:{tops})/[\w./-]*\w)", README))
    assert relative
    assert [word for word in relative if not (ROOT / word).exists()] == []
