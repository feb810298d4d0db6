"""The case screen: what `case_base` shows, with every group of keys that works on it."""

from __future__ import annotations

from console.tui.screens.call_keys import CallKeys
from console.tui.screens.case_identity import IdentityKeys
from console.tui.screens.case_interest import InterestKeys
from console.tui.screens.case_looks import LookKeys
from console.tui.screens.case_print import PrintKeys
from console.tui.screens.case_reveal import RevealKeys
from console.tui.screens.contact_keys import ContactKeys
from console.tui.screens.message_keys import MessageKeys
from console.tui.screens.note_keys import NoteKeys
from console.tui.screens.wrap_keys import WrapKeys


class CaseScreen(
    ContactKeys, IdentityKeys, MessageKeys, CallKeys, WrapKeys, NoteKeys, RevealKeys, LookKeys, InterestKeys, PrintKeys
):
    """Args: id or number of the case. A further group of keys is a subclass of `CaseBase`, named here."""
