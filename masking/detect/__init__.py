"""Personal data found inside free text, and masked there.

``find`` names numbers and e-mail addresses; ``find_loose`` adds what can only be guessed, names and addresses. Both
look at the text alone and never compare it with a customer's data. ``mask_text`` puts a mask of fixed length over each
finding that shows none of it, because what reads free text (a log, an agency's screen) has the strictest mask.
"""

from masking.detect.finding import Finding, FindingKind
from masking.detect.loose import find_loose
from masking.detect.masking import hide, mask_text
from masking.detect.numbers import find
from masking.detect.reading import read_value

__all__ = ["Finding", "FindingKind", "find", "find_loose", "hide", "mask_text", "read_value"]
