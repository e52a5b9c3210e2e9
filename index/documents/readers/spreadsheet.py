"""XLSX, XLS and ODS: a table a sheet, merged cells filled downwards."""

from __future__ import annotations

import datetime
import io
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from index.documents.readers import archive
from index.documents.readers.table import Row, Table
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HIDDEN = "bladet är dolt och lästes inte"


def is_xlsx(content: bytes) -> bool:
    """A ZIP file with a workbook in it."""
    return bool(archive.names(content) & {"xl/workbook.xml", "xl/workbook.bin"})


def is_ods(content: bytes) -> bool:
    """A ZIP file that says it is an OpenDocument spreadsheet."""
    names = archive.names(content)
    declared = b"application/vnd.oasis.opendocument.spreadsheet" in content[:200]
    return "content.xml" in names and (declared or "META-INF/manifest.xml" in names)


def is_xls(content: bytes) -> bool:
    """An OLE file, as Excel wrote until 2007."""
    return content.startswith(_OLE)


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """A table for each visible sheet that is not empty; rows are numbered as in the sheet."""
    if not is_xls(content):
        archive.check(content, limits)
    try:
        return _tables(content)
    except python_calamine.PasswordError as error:
        raise ReadError("filen är skyddad med lösenord", "spara den utan lösenord") from error
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # calamine panics on some damage, which is no Exception
        raise ReadError("kalkylbladet är skadat", "öppna filen och spara den på nytt") from error


def _tables(content: bytes) -> tuple[Table, ...]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    tables = []
    for sheet in workbook.sheets_metadata:
        if sheet.visible != SheetVisibleEnum.Visible:
            tables.append(Table(sheet.name, (), _HIDDEN, "visa bladet om det hör till listan"))
        elif sheet.name in workbook.sheet_names:
            tables.append(Table(sheet.name, _rows(workbook.get_sheet_by_name(sheet.name))))
    return tuple(table for table in tables if table.rows or table.doubt)


def _rows(sheet: CalamineSheet) -> tuple[Row, ...]:
    values = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    spanned: dict[int, set[int]] = {}
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        for number in range(top + 1, min(bottom + 1, len(values))):
            if left < len(values[number]) and not values[number][left]:
                values[number][left] = values[top][left]
                spanned.setdefault(number, set()).add(left)
    return tuple(
        Row(number + 1, tuple(cells), frozenset(spanned.get(number, ())))
        for number, cells in enumerate(values)
        if any(cells)
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, (int, float)):
        return _number(float(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    return str(value).strip()


def _number(value: float) -> str:
    """A number as the sheet shows it: 15 digits, since the rest is the noise of binary fractions,
    and as money two decimals. Three decimals get a fourth, to be told from grouped thousands."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.15g}"
    if 1000 <= abs(value) < 1e13:
        text = str(Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP)).removesuffix(".00")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals}0" if len(decimals) == 3 else text
