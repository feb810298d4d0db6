"""What is said when a command cannot do its work: the refusal in words, or a reference number for what broke."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from access.errors import AccessError
from console.cli.exits import Exit
from console.cli.options import HOME_VARIABLE, spoken
from console.cli.output import tell
from console.desk.api.base import DeskError, Refusal
from console.home import Home, HomeRefused
from console.settings import SettingsRefused
from console.texts import Texts
from masking.errors import MaskingError


def refusal_of(fault: BaseException) -> Refusal | None:
    """The stable code and parameters of an expected error; None for anything else."""
    if isinstance(fault, DeskError):
        return fault.refusal
    if isinstance(fault, HomeRefused | SettingsRefused | AccessError | MaskingError):
        params = getattr(fault, "params", {})
        return Refusal(code=fault.code, params={name: str(value) for name, value in params.items()})
    return None


def _said(arguments: Sequence[str], name: str) -> str | None:
    for at, word in enumerate(arguments):
        if word == name:
            return arguments[at + 1] if at + 1 < len(arguments) else None
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def _log_to(home: Home) -> logging.Logger:
    from masking.scrub import ScrubFilter

    log = logging.getLogger("veildesk.cli")
    if home.logs.parent.is_dir():
        descriptor = os.open(home.logs, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        handler = logging.StreamHandler(os.fdopen(descriptor, "a", encoding="utf-8"))
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
        handler.addFilter(ScrubFilter())
        log.addHandler(handler)
    log.propagate = False
    return log


def report(fault: BaseException, arguments: Sequence[str]) -> Exit:
    """Say why on stderr.

    Args:
        fault: what ended the command.
        arguments: the command line, for language and home.
    """
    from masking.scrub import safe_repr

    texts = Texts(_said(arguments, "--language") or spoken())
    refusal = refusal_of(fault)
    if refusal is None:
        reference = secrets.token_hex(4)
        refusal = Refusal(code="desk.failed", params={"reference": reference})
        home = _said(arguments, "--home") or os.environ.get(HOME_VARIABLE)
        if home:
            _log_to(Home(Path(home))).error("command failed, reference %s: %s", reference, safe_repr(fault))
        else:
            tell(safe_repr(fault))
    tell(texts.refusal(refusal))
    return Exit.REFUSED
