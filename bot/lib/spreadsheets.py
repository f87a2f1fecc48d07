"""Tables for spreadsheets, row by row, so that memory stays flat; no cell is ever taken for a formula."""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

Cell = str | int | date | None
FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
ROWS_AT_ONCE = 500
CHUNK = 256 * 1024
LONGEST = 32_767 // 2  # what a cell of Excel holds for certain; it counts some characters twice
DAY_ZERO = date(1899, 12, 30).toordinal()  # spreadsheets count days from here


def harmless(cell: str) -> str:
    """A spreadsheet takes a cell that begins like this for a formula; an apostrophe makes it text."""
    return (
        f"'{cell}"
        if cell and cell[0] in "=+-@\t\r\n \uff1d\uff0b\uff0d\uff20" and FORMULA.match(cell)
        else cell
    )


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Comma-separated values in UTF-8, some hundred rows at a time."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    for number, row in enumerate(rows, 1):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "replace")


def workbook(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int]
) -> Iterator[bytes]:
    """An XLSX file of one sheet. Texts are written as texts, so that nothing in them is computed."""
    with tempfile.TemporaryDirectory(prefix="closeout-sheet-") as folder:
        path = Path(folder) / "sheet.xlsx"
        _write(path, name, heads, rows, widths)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def _write(
    path: Path, name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int]
) -> None:
    book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
    sheet = book.add_worksheet(name, worksheet_class=_Rows)
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.day_style = day._get_xf_index()
    sheet.put(0, heads, style=bold._get_xf_index())
    last = 0
    for last, row in enumerate(rows, 1):
        sheet.put(last, row)
    sheet.autofilter(0, 0, last, len(heads) - 1)
    book.close()


class _Rows(Worksheet):  # type: ignore[misc]  # it says nothing of its types
    """Writes a whole row at once; cell by cell the library takes several times as long."""

    day_style = 0

    def put(self, row: int, cells: Sequence[Cell], style: int = 0) -> None:
        self._check_dimensions(row, len(cells) - 1)
        self._check_dimensions(row, 0)
        self.fh.write(f'<row r="{row + 1}">{"".join([self._cell(cell, style) for cell in cells])}</row>')

    def _cell(self, cell: Cell, style: int) -> str:
        """Without an address it stands to the right of the one before."""
        if cell is None or cell == "":
            return "<c/>"
        if isinstance(cell, str):
            said = f' s="{style}"' if style else ""
            return f'<c{said} t="inlineStr"><is><t xml:space="preserve">{_xml(cell)}</t></is></c>'
        if isinstance(cell, date):
            return f'<c s="{self.day_style}"><v>{cell.toordinal() - DAY_ZERO}</v></c>'
        return f"<c><v>{cell}</v></c>"


def _xml(text: str) -> str:
    said = text if len(text) <= LONGEST else text[:LONGEST]
    if said.isalnum():
        return said
    if not said.isprintable():
        said = UNSPEAKABLE.sub("", said)
    if "_x" in said:
        said = LIKE_AN_ESCAPE.sub("_x005F_", said)
    if "&" in said or "<" in said or ">" in said:
        said = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return said
