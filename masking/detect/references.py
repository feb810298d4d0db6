"""Numbers that a text calls an order's, a voucher's or a case's: nobody's, unless they prove to be somebody's."""

from __future__ import annotations

import re
from typing import Final

_REACH: Final = 12
_NAMED: Final = re.compile(
    r"(?:订单|工单|运单|快递|流水|交易|凭证|发票|合同|借据|批次|受理|票据|案件|回执|申请)单?(?:编号|号码|号|单号)?[:：为是#\s]{0,2}$"
    r"|(?:单号|流水号|编号)[:：为是#\s]{0,2}$"
    r"|(?i:\b(?:order|ref|txn|trace|invoice)(?: ?(?:no\.?|id|#))?[:= ]{1,2})$"
)


def is_reference(text: str, start: int) -> bool:
    """Return whether the words right before a place call what stands there a reference."""
    return _NAMED.search(text, max(0, start - _REACH), start) is not None
