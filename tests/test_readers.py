"""Bytes of a file -> rows, numbered as a person counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import readers
from index.documents.readers import READERS, text
from index.documents.readers.table import Row, Table
from index.errors import ReadError

TABLE = "Ägare\tNamn\n\nÅre\tSjön\n"
ROWS = (Row(1, ("Ägare", "Namn")), Row(3, ("Åre", "Sjön")))


def rows(content: bytes) -> tuple[Row, ...]:
    (table,) = readers.read(content)
    assert table.name is None
    return table.rows


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        TABLE.encode("cp1252"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.rstrip("\n").encode(),
        TABLE.replace("\t", " \t  ").encode(),
    ],
    ids=[
        "utf8",
        "bom",
        "utf16le",
        "utf16be",
        "cp1252",
        "windows-lines",
        "mac-lines",
        "no-last-line",
        "blanks",
    ],
)
def test_the_same_table_is_read_whatever_it_is_written_in(content: bytes) -> None:
    assert rows(content) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_certain_encodings_raise_no_doubt(encoding: str) -> None:
    assert readers.read(TABLE.encode(encoding))[0].doubt is None


def test_a_guessed_encoding_is_said() -> None:
    doubt = readers.read(TABLE.encode("cp1252"))[0].doubt
    assert doubt == "filen är inte UTF-8 och lästes som Windows-1252"


@pytest.mark.parametrize(
    "content",
    [b"", b" \n\t\r\n ", "\ufeff".encode(), "\ufeff \n".encode(), " \n".encode("utf-16")],
)
def test_a_file_without_text_is_empty(content: bytes) -> None:
    with pytest.raises(ReadError, match="filen är tom"):
        readers.read(content)


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\x00", b"text\0text", b"\0" * 99, bytes(range(256)) * 4]
)
def test_a_file_of_an_unknown_format_is_refused(content: bytes) -> None:
    with pytest.raises(ReadError, match="filformatet känns inte igen") as error:
        readers.read(content)
    assert all(reader.name in error.value.remedy for reader in READERS)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"abc\x81", "byte 3"),
        (b"\xef\xbb\xbfabc\xff", "utf-8"),
        (b"\xff\xfea\x00b", "utf-16"),
    ],
)
def test_broken_characters_are_refused_and_not_guessed_at(content: bytes, where: str) -> None:
    with pytest.raises(ReadError, match=where) as error:
        readers.read(content)
    assert error.value.remedy == "spara filen som UTF-8"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        tables = readers.read(content)
    except ReadError as error:
        assert error.what
        assert error.remedy
    else:
        assert all(any(row.cells) for table in tables for row in table.rows)


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=8)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=8))
def test_rows_are_what_the_lines_hold_and_are_numbered_by_line(lines: list[list[str]]) -> None:
    written = "\n".join("\t".join(cells) for cells in lines)
    expected = [
        Row(number, tuple(cells)) for number, cells in enumerate(lines, start=1) if any(cells)
    ]
    if written.startswith("\ufeff"):  # would be a byte order mark
        return
    if expected:
        assert text.read(written.encode()) == (Table(None, tuple(expected)),)
    else:
        with pytest.raises(ReadError):
            text.read(written.encode())
