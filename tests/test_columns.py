"""The arrays beside the index: written and read back, in order, exact to the öre."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.amount import MAX_AMOUNT
from index.collation import sort_key
from index.decision import Decision, granted
from index.documents import readers
from index.documents.document import Document
from index.documents.lists.extract import extract
from index.naming import content_digest
from index.storage.columns import KEYWORDS, NO_AMOUNT, Columns, Keyword, hundredths, kronor
from index.storage.keywords import keyword_values
from index.storage.schema import TEXT_FIELDS, analysed_fields
from tests.conftest import SMALL

READ = "2026-11-23T14:20:00Z"
DECISIONS = extract(readers.read(SMALL.encode()), Document("small.txt", "ab", READ)).decisions
ANALYSED = [analysed_fields(decision) for decision in DECISIONS]
LENGTHS = [one.lengths for one in ANALYSED]
EXTENTS = [one.extents for one in ANALYSED]
ARRAYS = (
    "live", "amounts", "dates", "title_keys", "lengths", "sources", "digests", "ids", "seen",
)  # fmt: skip


def numbered(decisions: list[Decision]) -> tuple[list[int], list[int]]:
    """Sources and digests of decisions that all come from one source."""
    return [0] * len(decisions), [content_digest(one) for one in decisions]


def named(keyword: Keyword) -> list[str]:
    """The value of each document."""
    return [keyword.names[at] for at in keyword.ordinals]


@pytest.fixture(scope="module")
def columns() -> Columns:
    return Columns.of(
        DECISIONS, [*map(keyword_values, DECISIONS)], LENGTHS, EXTENTS, *numbered(DECISIONS)
    )


def test_row_i_is_document_i(columns: Columns) -> None:
    assert columns.amounts.tolist() == [120_000_000, 40_000_050, NO_AMOUNT, 500_000_000]
    for name, value in KEYWORDS.items():
        assert named(columns.keywords[name]) == [value(decision) for decision in DECISIONS]


def test_owner_names_are_in_swedish_order_so_that_positions_sort(columns: Columns) -> None:
    assert columns.keywords["owner"].names == ("Ankeby kommun", "Rädda Ön", "Öbo förening")


def test_title_keys_sort_as_the_titles_do(columns: Columns) -> None:
    by_key = [DECISIONS[at].title for at in np.argsort(columns.title_keys, kind="stable")]
    assert by_key == sorted((one.title for one in DECISIONS), key=sort_key)


def test_lengths_are_the_words_of_each_field(columns: Columns) -> None:
    assert columns.lengths.shape == (len(TEXT_FIELDS), len(DECISIONS))
    assert columns.lengths[TEXT_FIELDS.index("title")].tolist() == [3, 4, 3, 2]
    assert columns.lengths[TEXT_FIELDS.index("motivation")].tolist() == [6, 0, 0, 0]


def test_dtypes_are_what_the_docstring_says(columns: Columns) -> None:
    kinds = {name: getattr(columns, name).dtype.str for name in ARRAYS}
    assert kinds == {
        "live": "|b1", "amounts": "<i8", "dates": "<i4", "title_keys": "|S48",
        "lengths": "<i4", "sources": "<i4", "digests": "<u8", "ids": "<u8", "seen": "<i8",
    }  # fmt: skip


def test_what_is_written_is_what_is_opened(columns: Columns, tmp_path: Path) -> None:
    columns.write(tmp_path / "columns")
    opened = Columns.open(tmp_path / "columns")
    for name in ARRAYS:
        written, read = getattr(columns, name), getattr(opened, name)
        assert isinstance(read.base, np.memmap), "mapped, not read"
        assert not read.flags.writeable
        assert (read.dtype, read.shape) == (written.dtype, written.shape)
        assert (read == written).all()
    for name in KEYWORDS:
        assert opened.keywords[name].ordinals.dtype.str == "<i4"
        assert named(opened.keywords[name]) == named(columns.keywords[name])


def test_columns_are_never_written_over_others(columns: Columns, tmp_path: Path) -> None:
    columns.write(tmp_path / "columns")
    with pytest.raises(FileExistsError):
        columns.write(tmp_path / "columns")


def test_only_kronor_are_in_the_column_of_amounts() -> None:
    assert hundredths(replace(DECISIONS[0], currency="EUR")) == NO_AMOUNT
    assert hundredths(replace(DECISIONS[0], amount=None)) == NO_AMOUNT
    assert hundredths(replace(DECISIONS[0], amount=Decimal(0))) == 0
    assert hundredths(replace(DECISIONS[0], amount=MAX_AMOUNT)) == 10**15


AMOUNTS = st.decimals(-MAX_AMOUNT, MAX_AMOUNT, places=2, allow_nan=False)


@given(AMOUNTS)
def test_no_ore_is_lost_in_the_column(amount: Decimal) -> None:
    ore = hundredths(replace(DECISIONS[0], amount=amount))
    assert kronor(ore) == amount
    whole = amount == amount.to_integral_value()
    assert ("." in str(kronor(ore))) is not whole


def some(amount: Decimal | None, currency: str, owner: str) -> Decision:
    return replace(DECISIONS[0], amount=amount, currency=currency, owner=owner)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            some,
            st.none() | AMOUNTS,
            st.sampled_from(["SEK", "EUR"]),
            st.text("abåäö", max_size=2),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_columns_say_what_the_decisions_say(decisions: list[Decision]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Columns.of(
            decisions,
            [*map(keyword_values, decisions)],
            [LENGTHS[0]] * len(decisions),
            [EXTENTS[0]] * len(decisions),
            *numbered(decisions),
        ).write(Path(folder, "columns"))
        columns = Columns.open(Path(folder, "columns"))
        amounts, owners = columns.amounts.copy(), named(columns.keywords["owner"])
    assert kronor(int(amounts[amounts != NO_AMOUNT].sum())) == granted(decisions)
    assert owners == [one.owner for one in decisions]
