"""How many digits stand behind the point of a currency's amounts, where these are not two (ISO 4217)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_NONE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR: Final = "CLF UYW"

EXPONENTS: Final = MappingProxyType(
    {code: digits for codes, digits in ((_NONE, 0), (_THREE, 3), (_FOUR, 4)) for code in codes.split()}
)
"""A currency that is not among them has hundredths. Lenders' files are read in hundredths alone."""
