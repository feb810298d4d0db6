"""What decoders raise over bytes from another process: every one that means "this is no message" and nothing else.

msgspec itself names only what does not fit a schema; nesting beyond what the interpreter bears and text that is no
UTF-8 come as Python's own errors, which would end a task instead of a line.
"""

from __future__ import annotations

from typing import Final

import msgspec

UNREADABLE: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
"""To be caught around every decoding of what somebody else sent."""
