"""How much money, and in which currency?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.amount import UNSTATED, Amount, parse_amount
from index.decision import Block, Decision
from index.documents.columns.header import Header
from index.documents.columns.mapping import Mapping
from index.documents.columns.names import Language
from index.problem import Problem

_BARE = re.compile(r"[\d\s.,'’()\u2212\u2013-]+")
_CODE = re.compile("[A-Z]{3}")
_OTHER_CROWNS = frozenset(["no", "da", "fi"])  # whose crowns are not ours, or who have none
_WORDS = re.compile(r"[a-zåäöæøéü]+")
# Frequent in such lists. *i* and *den* are as frequent in Danish, and tell nothing.
_SWEDISH = frozenset(
    ["och", "för", "att", "är", "från", "till", "inom", "genom", "kommun", "kommuns", "kommunen",
     "länsstyrelsen", "förening", "föreningen", "ska"]
)  # fmt: skip
_FOREIGN = frozenset(
    ["the", "of", "and", "und", "der", "die", "das", "og", "af", "et", "des", "les", "la", "di",
     "del", "i\u010d", "ja", "on", "limited", "ltd", "gmbh", "council", "university"]
)  # fmt: skip


def money_of(text: str, header: Header, mapping: Mapping, currency: str = "") -> Amount:
    """An amount in the unit that the header states, unless the cell states its own; in the
    `currency` that a cell beside it names, unless it states one. Crowns are those of the country
    that the mapping names, and of no certain one in lists of our neighbours. Raises ValueError
    where it is no amount, or that no currency."""
    bare = _BARE.fullmatch(text)
    beside = "" if _CODE.fullmatch(currency.strip()) else currency  # *tkr* among currencies
    amount = parse_amount(f"{text} {header.unit or beside}" if bare else text)
    if amount.currency != "SEK" or "sek" in (text + header.unit).casefold():
        return amount
    named = currency_of(currency) or mapping.currency
    if named:
        return replace(amount, currency=named)
    crowns = header.language not in _OTHER_CROWNS and (not bare or bool(header.unit))
    stated = header.language == "sv" or crowns
    return amount if stated else replace(amount, currency=UNSTATED)


def currency_of(text: str) -> str | None:
    """The ISO 4217 code that a cell names, None where it is empty; raises ValueError."""
    text = text.strip()
    if not text or _CODE.fullmatch(text):
        return text or None
    return parse_amount(f"1 {text}").currency


def with_currency(
    decisions: Sequence[Decision], mapping: Mapping, language: Language | None = None
) -> Sequence[Decision]:
    """Amounts whose currency nothing states are in SEK where the list is in Swedish. `language` is
    that of its header."""
    unstated = any(decision.currency == UNSTATED for decision in decisions)
    if not unstated or not (mapping.language == "sv" or is_swedish(decisions, language)):
        return decisions
    return [
        replace(decision, currency="SEK") if decision.currency == UNSTATED else decision
        for decision in decisions
    ]


def is_swedish(
    decisions: Sequence[Decision], language: Language | None, even: bool = False
) -> bool:
    """Whether a list whose header is in a `language`, or tells none, is in Swedish by what it says;
    `even` where it says as much in another language.

    Below an English header the running text decides alone: lists of grants in euro have Swedish
    owners and projects too.
    """
    if language not in ("sv", "en", None):
        return False
    swedish = foreign = 0
    # So much tells the language of any list, however long it is.
    for decision in decisions[:1000]:
        names = (Block("paragraph", decision.owner), Block("paragraph", decision.title))
        for block in (*(names if language != "en" else ()), *decision.description):
            words = _WORDS.findall(block.text[:2000].casefold())
            swedish += sum(word in _SWEDISH for word in words)
            foreign += sum(word in _FOREIGN for word in words)
    return swedish > foreign or (even and swedish == foreign)


def currency_problem(decisions: Sequence[Decision], file: str) -> Iterator[Problem]:
    """Says once how many amounts are in no certain currency."""
    count = sum(one.currency == UNSTATED and one.amount is not None for one in decisions)
    yield from unstated_problem(count, file)


def unstated_problem(count: int, file: str) -> Iterator[Problem]:
    """Says that so many amounts are in no certain currency, where there are any."""
    if count:
        what = f"valutan anges inte för {count} belopp, som inte räknas i summan"
        yield Problem(file, None, what, f"ange currency i en fil {file.rsplit('/', 1)[-1]}.toml")
