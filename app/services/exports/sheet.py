"""The file: a sheet of rows that are text and nothing else, and one that says what it is."""

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from app.clock import LOCAL

Row = Sequence[str | None]
WIDTHS = {
    "案号": 24, "案件类型": 18, "村（社区）": 22, "状态": 16, "发生时间": 17, "结案时间": 17,
    "最近期限": 26, "到期时间": 17, "案件": 60, "身份证号": 21, "联系电话": 14,
}  # fmt: skip
"""Characters a column is wide, by its title; the others are NARROW."""

NARROW = 12


class Sheet:
    """An Excel file that grows row by row, in memory that does not.

    `about` are the lines of its first sheet; `mark` stands on every printed page.
    """

    def __init__(self, folder: Path, mark: str, header: Row) -> None:
        import xlsxwriter  # noqa: PLC0415 - loaded when the first list leaves

        self.path = folder / "list.xlsx"
        # Text stays text: no formula, no link, no number is read into what somebody typed.
        never = dict.fromkeys(
            ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
        )
        self._book = xlsxwriter.Workbook(
            str(self.path), {"constant_memory": True, "tmpdir": str(folder), **never}
        )
        self._about, self._rows = self._book.add_worksheet("说明"), self._book.add_worksheet("台账")
        self._text = self._book.add_format({"quote_prefix": True, "num_format": "@"})
        self._bold = self._book.add_format({"bold": True})
        spelt = mark.replace("&", "&&")[:200]
        for sheet in (self._about, self._rows):
            sheet.set_header(f"&C&9{spelt}")
            sheet.set_footer(f"&C&9{spelt}  第 &P 页")
        for column, title in enumerate(header):
            self._rows.set_column(column, column, WIDTHS.get(title or "", NARROW))
        self._rows.freeze_panes(1, 0)
        self._write(self._rows, 0, header, self._bold)
        self.written = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Write the next rows."""
        for row in rows:
            self.written += 1
            self._write(self._rows, self.written, row, self._text)

    def close(self, about: Sequence[tuple[str, str]]) -> Path:
        """Write the first sheet, and finish the file."""
        self._about.set_column(0, 0, 18)
        self._about.set_column(1, 1, 60)
        for at, line in enumerate(about):
            self._write(self._about, at, line, self._text)
        self._book.close()
        return self.path

    def _write(self, sheet: Any, at: int, row: Row, form: Any) -> None:
        for column, text in enumerate(row):
            if text is not None:
                sheet.write_string(at, column, text, form)


def sealed(path: Path, password: str) -> bytes:
    """The file sealed as Office does it (ECMA-376 Agile: AES-256, SHA-512)."""
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415

    out = io.BytesIO()
    with path.open("rb") as plain:
        OOXMLFile(plain).encrypt(password, out)
    return out.getvalue()


def moment(at: datetime | None) -> str | None:
    """A moment as people read it here."""
    return at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if at else None
