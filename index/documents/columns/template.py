"""What may a TOML file beside a list say? A template with the columns that the list has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import get_args

from index.documents.columns.mapping import Column
from index.documents.report import TableReport

_MEANING: dict[Column, str] = {
    "owner": "vem som fick pengarna",
    "title": "vad projektet heter",
    "description": "vad det går ut på",
    "motivation": "varför det beviljades",
    "amount": "vad som beviljades",
    "currency": "valutan, där den står i en kolumn för sig",
    "case_number": "diarienumret",
    "decision_date": "dagen för beslutet",
    "owner_number": "mottagarens organisationsnummer",
    "place": "kommunen eller länet",
    "status": "om det beviljades eller avslogs",
}


def template(tables: Sequence[TableReport]) -> str:
    """A TOML file for a list with these tables: what was found is filled in, and the rest is there
    to be chosen from."""
    found: dict[Column, list[str]] = {}
    for column, header in dict.fromkeys(pair for table in tables for pair in table.columns):
        found.setdefault(column, []).append(header)
    unused = dict.fromkeys(header for table in tables for header in table.unused)
    lines = [
        "# Hur listan läses. Rader som börjar med # gäller inte; ta bort tecknet där de ska gälla.",
        "",
        '# round = "ESF 2026:1"             # vad beslutsomgången kallas',
        '# round_title = "Beslut om ..."    # hela dess rubrik',
        '# funder = "Region Norrbotten"     # vem som beslutade',
        '# currency = "SEK"                 # valutan, om listan inte säger den',
        '# language = "sv"                  # språket',
        *_sheets(tables),
        "# header = 1                       # rubrikradens nummer; 0 om det inte finns någon",
        "# last = 100                       # listans sista rad",
        "",
        "[columns]",
    ]
    for column in get_args(Column):
        headers = found.get(column, [])
        value = _value(headers) if headers else '""'
        line = f"{'' if headers else '# '}{column} = {value}"
        lines.append(f"{line:<34} # {_MEANING[column]}")
    if unused:
        lines += ["", "# Kolumner som inte används:", *(f"# {_quoted(one)}" for one in unused)]
    return "\n".join(lines) + "\n"


def _sheets(tables: Sequence[TableReport]) -> list[str]:
    names = [table.name for table in tables if table.name]
    return [f"# sheet = {_value(names)}  # bladen som läses"] if len(names) > 1 else []


def _value(texts: Sequence[str]) -> str:
    return _quoted(texts[0]) if len(texts) == 1 else f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    # A JSON string is a TOML string, but for characters that no header has.
    return json.dumps(text, ensure_ascii=False)
