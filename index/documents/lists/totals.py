"""What do totals rows claim, and does it tally with what was read?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from index.amount import format_amount
from index.decision import Decision, granted
from index.documents.columns.mapping import Mapping
from index.documents.document import problem_at
from index.documents.lists.money import money_of
from index.documents.lists.rows import HeadedRow
from index.documents.report import Declared
from index.problem import Problem, quoted

_TOTAL = re.compile(
    r"^(?:(?:total|slut|del)?summa|(?:sub|grand )?totalt?|sammanlagt)\b", re.IGNORECASE
)
_SUBTOTAL = re.compile(r"^(?:delsumma|subtotal)", re.IGNORECASE)
_FIGURES = re.compile(r"[\d\s.,:-]*(?:st|projekt|beslut|ansökningar|kr|kronor|\s)*", re.IGNORECASE)
# Grouped in threes, so that *ESF 2026 9 projekt* counts nine.
_COUNT = re.compile(
    r"(?<!\d)(\d{1,3}(?:\s\d{3})+|\d+)\s+(?:st\s+)?(?:projekt|beslut|ansökningar)\b", re.IGNORECASE
)


def is_total(row: HeadedRow) -> bool:
    """Whether a row opens with the word for a total and names nothing beside it: there are owners
    and projects whose names begin with that word too."""
    names = [row.columns[name].label for name in ("owner", "title") if name in row.columns]
    if len(names) == 2 and not names[0] and _TOTAL.match(names[1]):
        return True
    first = next(iter(_beside_amount(row)), "")
    return bool(_TOTAL.match(first)) and all(
        name == first or _FIGURES.fullmatch(name) for name in names
    )


def _beside_amount(row: HeadedRow) -> list[str]:
    amount = row.places.get("amount")
    return [label for at, label in enumerate(row.labels) if label and at != amount]


def read_total(row: HeadedRow, mapping: Mapping) -> tuple[Declared | None, list[Problem]]:
    """What a totals row claims, None where it speaks of a part only; and what is wrong with it."""
    words = " ".join(_beside_amount(row))
    if _SUBTOTAL.match(words):
        return None, []
    count, total, problems = _COUNT.search(words), None, []
    text = row["amount"].label
    try:
        amount = money_of(text, row.header, mapping)
        total = amount.value if amount.currency == "SEK" else None
    except ValueError:
        if text:
            what = f"summaradens belopp {quoted(text)} kan inte tolkas"
            problems.append(problem_at(row.source, what, "skriv in beloppet i filen"))
    number = int("".join(count[1].split())) if count else None
    return Declared(row.source.row, number, total), problems


def declared_in_all(totals: Sequence[Declared | None]) -> Declared | None:
    """What the one totals row claims, or one in each section together; `totals` has None for a
    section with rows but no total."""
    stated = [total for total in totals if total]
    if len(stated) < 2:
        return stated[0] if stated else None
    if len(stated) < len(totals):
        return None
    counts = [total.count for total in stated if total.count is not None]
    sums = [total.sum for total in stated if total.sum is not None]
    return Declared(
        row=stated[-1].row,
        count=sum(counts) if len(counts) == len(stated) else None,
        sum=sum(sums, Decimal(0)) if len(sums) == len(stated) else None,
    )


def tally(
    sections: Sequence[tuple[Declared | None, Sequence[Decision]]],
    decisions: Sequence[Decision],
    file: str,
) -> Iterator[Problem]:
    """Compares a single totals row with the whole file, several each with its own section."""
    stated = [(total, below) for total, below in sections if total]
    for total, below in stated:
        yield from _compare(total, decisions if len(stated) == 1 else below, file)


def _compare(declared: Declared, decisions: Sequence[Decision], file: str) -> Iterator[Problem]:
    total = granted(decisions)
    remedy = "jämför raderna med originalet"
    if declared.count is not None and declared.count != len(decisions):
        what = f"summaraden anger {declared.count} projekt men {len(decisions)} lästes"
        yield Problem(file, declared.row, what, remedy)
    if declared.sum is not None and declared.sum != total:
        stated, computed = format_amount(declared.sum), format_amount(total)
        what = f"summaraden anger {stated} men beloppen blir {computed}"
        yield Problem(file, declared.row, what, remedy)
