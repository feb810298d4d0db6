"""A lender's file as one would arrive: GB18030, Chinese headers, one row a loan, up to three contacts a row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Final

from console.demo.debtors import Debtor, Loan

CONTACTS: Final = 3
HEADERS: Final = (
    "序号",
    "客户姓名",
    "证件类型",
    "身份证号码",
    "手机号码",
    "家庭住址",
    "单位名称",
    "银行卡号",
    "开户行",
    "借据号",
    "产品名称",
    "授信额度",
    "剩余本金",
    "应还利息",
    "费用",
    "应催金额",
    "逾期天数",
    "应还日期",
    "年利率",
    *(f"联系人{nth}{what}" for nth in range(1, CONTACTS + 1) for what in ("姓名", "关系", "电话")),
    "账单期",
)


def money(minor: int) -> str:
    """Minor units as a lender writes them."""
    return f"{minor // 100}.{minor % 100:02d}"


def row(number: int, debtor: Debtor, loan: Loan) -> list[str]:
    """One line of the file."""
    contacts = [cell for one in debtor.contacts[:CONTACTS] for cell in (one.name, one.relation, one.phone)]
    return [
        str(number),
        debtor.name,
        "身份证",
        debtor.id_number,
        debtor.mobile,
        debtor.address,
        debtor.employer,
        debtor.card,
        debtor.bank,
        loan.number,
        loan.product,
        money(loan.limit),
        money(loan.principal),
        money(loan.interest),
        money(loan.fees),
        money(loan.due),
        str(loan.days_past_due),
        f"{loan.due_date:%Y/%m/%d}",
        loan.rate,
        *contacts,
        *[""] * (3 * CONTACTS - len(contacts)),
        loan.bill_period,
    ]


def write(path: Path, debtors: Iterable[Debtor], headers: Sequence[str] = HEADERS) -> int:
    """Write the file, readable by its owner only.

    Args:
        path: where; overwritten.
        debtors: whose loans.
        headers: columns to write, of `HEADERS`.

    Returns:
        How many rows (loans) it has.
    """
    path.touch(mode=0o600)
    chosen = itemgetter(*(HEADERS.index(header) for header in headers))
    number = 0
    with path.open("w", encoding="gb18030", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(headers)
        for debtor in debtors:
            for loan in debtor.loans:
                number += 1
                writer.writerow(chosen(row(number, debtor, loan)))
    return number
