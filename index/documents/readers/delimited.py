"""CSV: delimiter and encoding are found out, cells may be quoted and go on over several lines.

A quotation mark that is never closed would take every row below it into one cell. Here it costs the
row that it stands in, and that row says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from index.documents.readers.characters import is_text
from index.documents.readers.table import Row, Table
from index.documents.readers.text import decode_lines, one_table
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

UNCLOSED = "ett citattecken avslutas aldrig"
UNOPENED = "ett citattecken avslutar något som aldrig inleds"
_DELIMITERS = ";\t,|"
_LOOKED_AT = 100_000  # characters
_ENTITY = re.compile(r"&#?\w{1,8};")
_DECLARED = re.compile(r'"?sep=(.)"?\n', re.IGNORECASE)  # as Excel writes and reads it
# Quotation marks in tab-separated text are mostly marks; a cell is quoted where they are its ends.
_QUOTED_CELL = re.compile(r'(?:^|\t)("(?:[^"]|"")*")(?=\t|$)', re.MULTILINE)
# What stands between the marks around a cell. Within it marks ought to be doubled; where they are
# not, *"Projekt "Bro" i Åre"* is told from *"Bro" i "Åre"* by what comes before the second one.
_AROUND = re.compile(r'"([^"]*(?:"[^"]*|[\s(]".*)?)"', re.DOTALL)


def recognises(content: bytes) -> bool:
    """Text whose lines fall into as many cells each at one delimiter. What has tabs is the text
    reader's, unless its cells are quoted because there are line breaks in them."""
    if not is_text(content):
        return False
    try:
        text, _ = decode_lines(content)
    except ReadError:
        return False
    layout = _layout(text)
    if layout is None or layout.delimiter != "\t" or _DECLARED.match(text):
        return layout is not None
    cells = (match[1] for match in _QUOTED_CELL.finditer(text[:_LOOKED_AT]))
    return any("\n" in cell or "\t" in cell for cell in cells)


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """One table; rows are numbered as a spreadsheet program shows them, empty ones counted. Of a
    quotation mark that is never closed the row says so."""
    text, doubt = decode_lines(content)
    layout = _layout(text) or _Layout(";")
    declared = _DECLARED.match(text)
    # What declares the delimiter is counted as an empty row.
    return one_table(_rows(text[declared.end() - 1 :] if declared else text, layout), doubt)


@dataclass(frozen=True)
class _Layout:
    """The delimiter and how many cells a whole row has, 0 as long as that is not known;
    ``padded``: blanks follow the delimiter everywhere."""

    delimiter: str
    width: int = 0
    padded: bool = False

    @cached_property
    def quoted(self) -> re.Pattern[str]:
        """A quoted cell that ends as it should."""
        return re.compile(rf' *"([^"]*+(?:""[^"]*+)*+)" *(?={re.escape(self.delimiter)}|\n|\Z)')

    @cached_property
    def plain(self) -> re.Pattern[str]:
        """Any other cell."""
        return re.compile(rf"[^{re.escape(self.delimiter)}\n]*")

    @cached_property
    def parting(self) -> re.Pattern[str]:
        """The delimiter, not where it stands as in text: before a blank, or as a decimal comma."""
        in_text = "" if self.padded else r"(?! )(?!(?<=\d,)\d)"
        return re.compile(re.escape(self.delimiter) + in_text)

    def is_row(self, line: str, before: int = 0) -> bool:
        """Whether a line by itself, with the cells before it, is as wide as a whole row."""
        return before + len(self.parting.split(line)) == self.width


@dataclass(frozen=True, slots=True)
class _CsvRecord:
    """The cells up to the ``end`` of a line. ``unclosed`` is the number and the place of the first
    one with a quotation mark that is never closed, ``unopened`` the number of the first one that
    ends with a mark that was never opened."""

    cells: list[str]
    end: int
    unclosed: tuple[int, int] | None = None
    unopened: int | None = None


def _rows(text: str, layout: _Layout) -> Iterator[Row]:
    at, number = 0, 1
    while at < len(text):
        record = _record(text, at, layout)
        doubt = None
        if record.unclosed:
            record, doubt = _mended(text, record, *record.unclosed, layout), UNCLOSED
        elif record.unopened is not None:
            surplus = len(record.cells) - layout.width
            record, doubt = _joined(record, record.unopened - surplus, layout), UNOPENED
        yield Row(number, tuple(record.cells), doubt=doubt)
        at, number = record.end + 1, number + 1


def _record(text: str, start: int, layout: _Layout) -> _CsvRecord:
    end = _line_end(text, start)
    if '"' not in (line := text[start:end]):
        cells = line.split(layout.delimiter)
        # A line of text beside the table.
        if layout.width not in (0, len(cells)) and not layout.parting.search(line):
            cells = [line]
        return _CsvRecord(cells, end)
    cells = []
    unclosed = unopened = None
    at = start - 1
    while at < start or text[at : at + 1] == layout.delimiter:
        match = layout.quoted.match(text, at + 1)
        if match and not _swallows_rows(text, match, len(cells), layout):
            cells.append(match[1].replace('""', '"'))
        else:
            match = layout.plain.match(text, at + 1)
            assert match
            if unclosed is None and _is_unclosed(match[0].strip()):
                unclosed = (len(cells), at + 1)
            if unopened is None and _is_unopened(match[0].strip()):
                unopened = len(cells)
            cells.append(_bare(match[0]))
        at = match.end()
    return _CsvRecord(cells, at, unclosed, unopened)


def _is_unclosed(cell: str) -> bool:
    return cell.startswith('"') and cell.count('"') % 2 == 1 and not cell.endswith('"', 1)


def _is_unopened(cell: str) -> bool:
    """Whether a cell ends with a mark that it does not begin with, which is no sign of inches."""
    odd = cell.endswith('"') and cell.count('"') % 2 == 1
    return odd and not cell.startswith('"') and not cell[-2:-1].isdigit()


def _bare(cell: str) -> str:
    """A cell without the quotation marks around it, or without the one that has no other."""
    if '"' not in cell:
        return cell
    stripped = cell.strip()
    if around := _AROUND.fullmatch(stripped):
        return around[1].replace('""', '"')
    if _is_unopened(stripped):
        return cell.rstrip()[:-1]
    return cell.lstrip()[1:] if _is_unclosed(stripped) else cell


def _swallows_rows(text: str, cell: re.Match[str], before: int, layout: _Layout) -> bool:
    """Whether a quoted cell goes on over lines that are rows: the mark that closes it was meant
    otherwise, as a sign of inches is where all lines are rows, and any where many are."""
    if not layout.width or "\n" not in cell[1]:
        return False
    first, *inner, last = text[cell.start() : _line_end(text, cell.end())].split("\n")
    rows = sum(map(layout.is_row, inner))
    all_are = rows == len(inner) and layout.is_row(first, before) and layout.is_row(last)
    return (all_are and cell[1][-1].isdigit()) or (len(inner) >= 3 and rows * 2 > len(inner))


def _mended(text: str, record: _CsvRecord, number: int, start: int, layout: _Layout) -> _CsvRecord:
    """A record whose cell `number`, at `start`, is never closed, as wide as a whole row: the cell
    goes on over the lines below that are no rows by themselves, and delimiters that stand as in
    text are in it."""
    end, lacking = record.end, layout.width - number
    lacking -= len(layout.parting.split(text[start:end]))
    while lacking > 0 and end < len(text):
        below = _record(text, end + 1, layout)
        if not any(below.cells) or len(below.cells) >= layout.width or below.unclosed:
            break
        lacking -= len(layout.parting.findall(text, end + 1, below.end))
        end = below.end
    if lacking:
        return _joined(record, number, layout)
    cells = map(_bare, layout.parting.split(text[start:end]))
    return _CsvRecord([*record.cells[:number], *cells], end)


def _joined(record: _CsvRecord, first: int, layout: _Layout) -> _CsvRecord:
    """A record without more cells than a whole row: the `first` one has what is too much."""
    after = first + 1 + len(record.cells) - layout.width
    if not layout.width or not 0 <= first < after - 1:
        return record
    joined = layout.delimiter.join(record.cells[first:after])
    return _CsvRecord([*record.cells[:first], joined, *record.cells[after:]], record.end)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _layout(text: str) -> _Layout | None:
    """How the text is laid out, None where it is no table at any delimiter."""
    declared = _DECLARED.match(text)
    sample = text[declared.end() if declared else 0 :][:_LOOKED_AT]
    if len(sample) == _LOOKED_AT:  # the last row may be cut
        sample = sample[: sample.rfind("\n") + 1] or sample
    sample = _ENTITY.sub("", sample)
    delimiters = declared[1] if declared else _DELIMITERS
    found = [_evenness(sample, delimiter) for delimiter in delimiters]
    evenness, layout = max(found, key=lambda one: one[0])
    return layout if declared or evenness > 0 else None


def _evenness(text: str, delimiter: str) -> tuple[float, _Layout]:
    """How far the text is rows of one width, the more the wider, and their layout. It is 0 where
    there are not two such rows. Delimiters that stand as they do in text hardly count."""
    layout = _Layout(delimiter)
    rows = [row.cells for row in _rows(text, layout) if any(row.cells)]
    widths = Counter(len(cells) for cells in rows if len(cells) > 1)
    if not widths:
        return 0, layout
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    # A single row that happens to have a delimiter says nothing, unless there are only two rows.
    if count == 1 and len(rows) > 2:
        return 0, layout
    parted = [a[-1:] + delimiter + b[:1] for cells in rows for a, b in pairwise(cells)]
    surely = sum(bool(layout.parting.search(place)) for place in parted) / len(parted)
    evenness = (count / len(rows)) ** 2 * width * (0.1 + surely)
    return evenness, _Layout(delimiter, width, padded=surely < 0.1)
