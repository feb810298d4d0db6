"""Hatchling build hook: puts a compiled `.mo` beside every `.po`, so that an installed desk starts without babel."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_HERE = Path("console/locales")


class TextsBuildHook(BuildHookInterface[Any]):
    """Compiles the catalogues for wheels and editable installs."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build environment needs besides hatchling."""
        return ["babel>=2.18"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Write the `.mo` files and add them, although version control ignores them."""
        sys.path.insert(0, self.root)
        try:
            from console.locales import compile_po  # noqa: PLC0415 - needs the path just added
        finally:
            sys.path.remove(self.root)
        for source in sorted((Path(self.root) / _HERE).glob("*.po")):
            source.with_suffix(".mo").write_bytes(compile_po(source.read_bytes()))
            build_data["artifacts"].append(str(_HERE / f"{source.stem}.mo"))
