"""Personal data found inside free text, and masked there.

``find`` names numbers and e-mail addresses; ``find_loose`` adds what can only be guessed, names and addresses. Both
look at the text alone and never compare it with a customer's data. ``mask_text`` puts a mask of fixed length over each
finding that shows none of it, because what reads free text (a log, an agency's screen) has the strictest mask.
"""

from masking.detect.finding import Finding, FindingKind
from masking.detect.loose import find_loose
from masking.detect.masking import mask_text
from masking.detect.numbers import find

__all__ = ["Finding", "FindingKind", "find", "find_loose", "mask_text"]
