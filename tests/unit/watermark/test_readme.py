"""What README says of the library face works as it stands there."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[3] / "README.md"
pytestmark = pytest.mark.clause("issue-6")


def test_the_readme_s_example_marks_and_traces() -> None:
    block = re.search(r"<!-- example marks -->\n```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    example = doctest.DocTestParser().get_doctest(block[1], {}, "README", str(README), 0)
    assert len(example.examples) > 5
    said: list[str] = []
    assert doctest.DocTestRunner().run(example, out=said.append).failed == 0, "".join(said)


def test_the_library_needs_neither_a_database_nor_the_desk() -> None:
    script = (
        "import sys, watermark.trace, watermark.marker; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"watermark", "numpy"} <= set(done.stdout.split())
    assert not {"sqlalchemy", "access", "console", "masking", "asyncio", "textual", "cryptography"} & set(
        done.stdout.split()
    )
