"""Tables for spreadsheets, row by row, so that memory stays flat; no cell is ever taken for a formula."""

import csv
import io
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

Cell = str | int | None
FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
RISKY = frozenset("=+-@\t\r\n \uff1d\uff0b\uff0d\uff20")
ROWS_AT_ONCE = 500
CHUNK = 256 * 1024
LONGEST = 32_767 // 2  # what a cell of Excel holds for certain; it counts some characters twice
DAY = "yyyy-mm-dd"
SHORT, MOST_KEPT = 24, 20_000  # characters, cells
DAY_ZERO = date(1899, 12, 30).toordinal()  # spreadsheets count days from here


def harmless(cell: str) -> str:
    """A spreadsheet takes a cell that begins like this for a formula; an apostrophe makes it text."""
    return f"'{cell}" if cell and cell[0] in RISKY and FORMULA.match(cell) else cell


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Comma-separated values in UTF-8, some hundred rows at a time."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    following = iter(rows)
    while some := list(islice(following, ROWS_AT_ONCE)):
        # The first look is taken here: a call for each of some million cells takes longer than to write them.
        writer.writerows(
            [harmless(cell) if isinstance(cell, str) and cell[:1] in RISKY else cell for cell in row]
            for row in some
        )
        yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "replace")


def workbook(
    name: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[int],
    *,
    days: Collection[str] = (),
) -> Iterator[bytes]:
    """An XLSX file of one sheet. Texts are written as texts, so that nothing in them is computed.

    In columns whose heads are among `days`, texts like 2026-03-31 are days.
    """
    with tempfile.TemporaryDirectory(prefix="closeout-sheet-") as folder:
        path = Path(folder) / "sheet.xlsx"
        _write(path, name, heads, rows, widths, days)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def _write(
    path: Path,
    name: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[int],
    days: Collection[str],
) -> None:
    book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
    sheet = book.add_worksheet(name, worksheet_class=_Rows)
    bold, day = (book.add_format(said)._get_xf_index() for said in ({"bold": True}, {"num_format": DAY}))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.put(0, [_Texts(bold)] * len(heads), heads)
    texts, dates = _Texts(), _Days(day)
    columns = [dates if head in days else texts for head in heads]
    last = 0
    for last, row in enumerate(rows, 1):
        sheet.put(last, columns, row)
    sheet.autofilter(0, 0, last, len(heads) - 1)
    book.close()


class _Rows(Worksheet):  # type: ignore[misc]  # it says nothing of its types
    """Writes a whole row at once; cell by cell the library takes several times as long."""

    def put(self, row: int, columns: "Sequence[_Texts]", cells: Sequence[Cell]) -> None:
        self._check_dimensions(row, len(cells) - 1)
        self._check_dimensions(row, 0)
        written = "".join([column[cell] for column, cell in zip(columns, cells, strict=True)])
        self.fh.write(f'<row r="{row + 1}">{written}</row>')


class _Texts(dict[Cell, str]):
    """How a cell is written; what is short is kept, since names and states come again and again."""

    def __init__(self, style: int = 0) -> None:
        super().__init__({None: "<c/>", "": "<c/>"})
        self.said = f' s="{style}"' if style else ""

    def __missing__(self, cell: Cell) -> str:
        """Without an address it stands to the right of the one before."""
        written = self.written(cell)
        if len(self) < MOST_KEPT and (not isinstance(cell, str) or len(cell) <= SHORT):
            self[cell] = written
        return written

    def written(self, cell: Cell) -> str:
        if isinstance(cell, str):
            return f'<c{self.said} t="inlineStr"><is><t xml:space="preserve">{_xml(cell)}</t></is></c>'
        return f"<c><v>{cell}</v></c>"


class _Days(_Texts):
    """Each as the number of days that spreadsheets count."""

    def written(self, cell: Cell) -> str:
        return f"<c{self.said}><v>{date.fromisoformat(str(cell)).toordinal() - DAY_ZERO}</v></c>"


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
