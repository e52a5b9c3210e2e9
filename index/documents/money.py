"""How much money, and in which currency?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.amount import UNSTATED, Amount, parse_amount
from index.decision import Block, Decision
from index.documents.header import Header
from index.documents.mapping import Mapping
from index.problem import Problem

_BARE = re.compile(r"[\d\s.,'’()\u2212\u2013-]+")
_WORDS = re.compile(r"[a-zåäöæøéü]+")
# Frequent in such lists. *i* and *den* are as frequent in Danish, and tell nothing.
_SWEDISH = frozenset(
    ["och", "för", "att", "är", "från", "till", "som", "inom", "genom", "kommun", "kommuns",
     "kommunen", "länsstyrelsen", "förening", "föreningen", "projektet", "ska"]
)  # fmt: skip
_FOREIGN = frozenset(
    ["the", "of", "and", "und", "der", "die", "das", "og", "af", "et", "des", "les", "la", "di",
     "del", "i\u010d", "ja", "on", "limited", "ltd", "gmbh", "council", "university"]
)  # fmt: skip


def money_of(text: str, header: Header, mapping: Mapping) -> Amount:
    """An amount in the unit that the header states, unless the cell states its own. Crowns are
    those of the country that the mapping names. Raises ValueError where it is none."""
    bare = _BARE.fullmatch(text)
    amount = parse_amount(f"{text} {header.unit}" if bare else text)
    if amount.currency != "SEK" or "sek" in (text + header.unit).casefold():
        return amount
    if mapping.currency:
        return replace(amount, currency=mapping.currency)
    stated = header.kronor or not bare or header.unit
    return amount if stated else replace(amount, currency=UNSTATED)


def with_currency(decisions: Sequence[Decision], mapping: Mapping) -> Sequence[Decision]:
    """Amounts whose currency nothing states are in SEK where the list is in Swedish."""
    unstated = any(decision.currency == UNSTATED for decision in decisions)
    if not unstated or not (mapping.language == "sv" or _is_swedish(decisions)):
        return decisions
    return [
        replace(decision, currency="SEK") if decision.currency == UNSTATED else decision
        for decision in decisions
    ]


def _is_swedish(decisions: Sequence[Decision]) -> bool:
    swedish = foreign = 0
    # So much tells the language of any list, however long it is.
    for decision in decisions[:1000]:
        names = (Block("paragraph", decision.owner), Block("paragraph", decision.title))
        for block in (*names, *decision.description):
            words = _WORDS.findall(block.text[:2000].casefold())
            swedish += sum(word in _SWEDISH for word in words)
            foreign += sum(word in _FOREIGN for word in words)
    return swedish > foreign


def currency_problem(decisions: Sequence[Decision], file: str) -> Iterator[Problem]:
    """Says once how many amounts are in no certain currency."""
    count = sum(one.currency == UNSTATED and one.amount is not None for one in decisions)
    if count:
        what = f"valutan anges inte för {count} belopp, som inte räknas i summan"
        yield Problem(file, None, what, f"ange currency i en fil {file.rsplit('/', 1)[-1]}.toml")
