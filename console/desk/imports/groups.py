"""Merged headers: what a group over some columns makes of their names.

`电话` under `联系人1` is a contact's phone and under `客户信息` the debtor's own: taken for the wrong one, somebody who
owes nothing is called about another's debt. So a column keeps its own name only under a group that says nothing about
whose it is; under any other it is what both names mean together, or unknown, and then the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from masking.text import fold

Known = Callable[[str], bool]

_ABOUT: Final = re.compile(
    r"(?:基本)?(?:信息|资料|資料|資訊|情况|情況|明细|明細|\s*(?:info|information|details|data))$", re.IGNORECASE
)
_NEUTRAL: Final = frozenset(
    word
    for words in (
        "客户 客戶 债务人 債務人 借款人 主借款人 本人 持卡人 用户 身份 基本 个人 個人",
        "贷款 貸款 借款 借据 账户 帳戶 账务 账单 欠款 逾期 债务 债权 案件 委案 委外 合同 产品 还款 金额 应还 卡片",
        "其他 其它 customer client debtor borrower cardholder personal basic other",
        "loan account bill debt case contract product amount balance",
    )
    for word in words.split()
)
_SOMEBODY: Final = re.compile(
    r"联系|聯繫|联络|聯絡|紧急|担保|擔保|保证人|共同|共借|配偶|夫妻|亲|親|家属|家屬|父|母|子女|朋友|同事|单位|單位|公司|雇主|"
    r"guarant|contact|emergency|spouse|relative|employer|company|co-?borrower|reference",
    re.IGNORECASE,
)
_NO_GROUP: Final = re.compile(r"[:：]|\d{4}")
_LONGEST: Final = 14
_LEAST: Final = 2


def over(group: str, name: str, known: Known) -> str:
    """The name of a column under a group.

    Args:
        group: the merged cell above; empty for none.
        name: the column's own cell; empty when the cell above reaches down to it.
        known: whether the catalogue knows a header.
    """
    if not group or not name or name == group:
        return name or group
    stem = _ABOUT.sub("", group)
    for whole in (group + name, stem + name):
        if known(whole):
            return whole
    if fold(stem).strip().casefold() in _NEUTRAL or (_SOMEBODY.search(name) and known(name)):
        return name
    return group + name


def join(upper: Sequence[str], lower: Sequence[str], known: Known) -> list[str]:
    """The names of a header of two rows; empty where the upper row stands over no column of the lower one."""
    if not any(up and low for up, low in zip(upper, lower, strict=False)):
        return []
    joined, group = [], ""
    for index in range(max(len(upper), len(lower))):
        up = upper[index] if index < len(upper) else ""
        low = lower[index] if index < len(lower) else ""
        # A cell that reaches down to its own column stands over no other.
        group = (up if low else "") if up else (group if low else "")
        joined.append(over(group, low, known) if low else up)
    return joined


def is_group_row(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the upper of two rows says what the columns below are about, so that these mean nothing without it.

    A title is one cell, and what stands above a table beside it (`批次：202611`) says so by its colon or digits.
    """
    groups = [up for up, low in zip(upper, lower, strict=False) if up and low]
    if any(len(up) > _LONGEST or _NO_GROUP.search(up) for up in groups):
        return False
    spans = any(low and not up for up, low in zip([*upper, *[""] * len(lower)], lower, strict=False))
    told = [up for up in groups if _SOMEBODY.search(up) or fold(_ABOUT.sub("", up)).strip().casefold() in _NEUTRAL]
    return spans and bool(groups) and (bool(told) or len(groups) >= _LEAST)
