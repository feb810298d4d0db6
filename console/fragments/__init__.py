"""Reading what turned up outside: tables, documents and pictures of unknown origin, on the side of who holds them.

Nothing here has a key or a database; hostile files cost one command its memory at most, and that within limits. What
comes out is cells; whose they are is for the desk to say.
"""

from console.fragments.faults import FragmentRefused
from console.fragments.pieces import MOST_BYTES
from console.fragments.read import read_fragment

__all__ = ["MOST_BYTES", "FragmentRefused", "read_fragment"]
