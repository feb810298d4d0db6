"""Masks: how a value looks to someone who may not see it.

``render`` makes a mask of a plain value, ``narrow`` a stricter mask of a stored one. Some masks are tokens that
``console`` words in the viewer's language (``is_label``, ``parse_label``).
"""

from masking.masks.codes import DERIVES, STAR_RUNS, MaskCode, derivable, widest
from masking.masks.errors import NotDerivable, StarsRefused
from masking.masks.labels import BUCKETS, Label, is_label, parse_label
from masking.masks.render import narrow, render

__all__ = [
    "BUCKETS",
    "DERIVES",
    "STAR_RUNS",
    "Label",
    "MaskCode",
    "NotDerivable",
    "StarsRefused",
    "derivable",
    "is_label",
    "narrow",
    "parse_label",
    "render",
    "widest",
]
