"""What every file of the project keeps to."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("access", "console", "masking", "watermark")
LONGEST = 500
LONGEST_TEST = 600  # tables of expected values stand where they are expected
_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|not implemented")
_SILENT = re.compile(r"except( BaseException| Exception)?:\s*\n\s*(pass|\.\.\.)\s*\n")
_ABSOLUTE = re.compile(r"(?<![\w.-])/(?:work|root|home|opt|Users)/[\w.-]+")
# XML namespaces that XMP (ISO 16684-1) and workbooks (ECMA-376) name so; nobody is reached there.
_NAMES = (
    r"www\.w3\.org/1999/02/22-rdf-syntax-ns#|purl\.org/dc/elements/1\.1/|ns\.adobe\.com/pdf/1\.3/"
    r"|schemas\.openxmlformats\.org/"
)
_HOST = re.compile(
    rf"https?://(?!{_NAMES}|(?:www\.)?example\.|127\.0\.0\.1|localhost|\[::1\]|\{{)[\w.-]+", re.IGNORECASE
)


@cache
def files() -> tuple[Path, ...]:
    """Text files of the project, as git sees them; in an unpacked copy, all there are."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if listed.returncode == 0:
        names = [ROOT / name for name in listed.stdout.splitlines()]
    else:
        names = [path for top in (*PACKAGES, "tests", ".ci") for path in (ROOT / top).rglob("*")]
        names += [path for path in ROOT.iterdir() if path.is_file()]
    return tuple(
        path
        for path in names
        if path.is_file() and path.suffix in {".py", ".toml", ".md", ".txt", ".po", ".tcss", ".sh", ""}
    )


def text_of(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def ours(suffix: str = ".py") -> list[Path]:
    return [path for path in files() if path.suffix == suffix and path.relative_to(ROOT).parts[0] in PACKAGES]


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_there_is_a_tree_to_look_at() -> None:
    assert len(ours()) > 50


def test_no_module_grows_past_its_end() -> None:
    tests = [path for path in files() if path.suffix == ".py" and path.is_relative_to(ROOT / "tests")]
    assert named([path for path in ours() if len(text_of(path).splitlines()) > LONGEST]) == []
    assert named([path for path in tests if len(text_of(path).splitlines()) > LONGEST_TEST]) == []


def test_every_module_says_what_it_guarantees() -> None:
    assert named([path for path in ours() if not ast.get_docstring(ast.parse(text_of(path)))]) == []


def test_nothing_is_left_unfinished() -> None:
    assert named([path for path in ours() if _UNFINISHED.search(text_of(path))]) == []


def test_no_error_is_swallowed_in_silence() -> None:
    assert named([path for path in ours() if _SILENT.search(text_of(path))]) == []


@pytest.mark.parametrize("pattern", [_ABSOLUTE, _HOST], ids=["absolute path", "host name"])
def test_the_project_names_no_workplace(pattern: re.Pattern[str]) -> None:
    here = Path(__file__)
    vendored = ROOT / "tests" / "data"
    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in files()
        if path != here and not path.is_relative_to(vendored)
        for match in pattern.finditer(text_of(path))
    }
    assert found == set()


def test_every_test_file_asserts_something() -> None:
    tests = [path for path in files() if path.name.startswith("test_") and path.suffix == ".py"]
    saying = re.compile(r"\bassert\b|pytest\.raises|\.refused\(")
    assert named([path for path in tests if "def test_" in text_of(path) and not saying.search(text_of(path))]) == []
