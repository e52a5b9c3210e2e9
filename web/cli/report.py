"""What did a reading give, in words for the clerk who ran it? `tell` is the door."""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from index.amount import format_amount, parse_amount
from index.decision import Decision, plain_text
from index.documents.columns.mapping import Column
from index.documents.report import Report, SourceReport, TableReport
from index.problem import Problem, place, shown
from web.formats import money, number

COLUMNS: dict[Column, str] = {
    "owner": "projektägare",
    "title": "projektnamn",
    "description": "beskrivning",
    "motivation": "motivering",
    "amount": "belopp",
    "currency": "valuta",
    "case_number": "diarienummer",
    "decision_date": "beslutsdatum",
    "owner_number": "org.nr",
    "place": "plats",
    "status": "status",
}
_AIDS = frozenset(
    ["currency", "owner_number", "place", "status"]
)  # most lists lack them, and lack nothing
assert tuple(COLUMNS) == get_args(Column)
_STATES = {
    "read": "läst",
    "unchanged": "oförändrad",
    "kept": "kunde inte läsas, förra läsningen är kvar",
    "failed": "kunde inte läsas",
}
_MOST_TABLES = 5
_MOST_UNUSED = 20  # headers
_MOST_ALIKE = 3  # problems of one kind that are told one by one
_TEXT = 100  # characters of a description
_WIDTH = max(map(len, COLUMNS.values()))
_VARYING = re.compile(r"”[^”]*”|\d[\d\u00a0.,]*")


@dataclass(frozen=True, slots=True)
class Told:
    """Lines for standard output, for standard error, and for standard output again; and the exit
    code."""

    sources: list[str]
    remarks: list[str]
    summary: list[str]
    code: int


def tell(
    report: Report,
    index: Path,
    warning: Sequence[str] = (),
    trial: bool = False,
    brief: bool = False,
    first: bool = False,
) -> Told:
    """Everything that `beslut index` has to say. What was told of an unchanged source is not told
    again, unless something of it was not read. ``brief``: unchanged sources are only counted;
    ``first``: the first decisions of each source that was read are shown, as those of a trial are.
    """
    remarks = [*warning]
    for source in report.sources:
        remarks += _gathered(_to_tell(source, trial), "{what} ({count} gånger, t.ex. {rows})")
    new = [one for one in report.duplicates if one not in report.known]
    remarks += _gathered(new, "{count} dubbletter (t.ex. {rows})")
    if not report.sources:
        remarks.append("inga filer hittades. Kontrollera sökvägen.")
    detailed = [one for one in report.sources if not (brief and one.state == "unchanged")]
    lines = [
        line
        for source in detailed
        for line in (
            *_source_lines(source, trial),
            *_first(report.first.get(source.file, ()) if trial or first else ()),
        )
    ]
    if same := len(report.sources) - len(detailed):
        lines.append(f"{_count(same, 'fil är oförändrad', 'filer är oförändrade')}")
    code = _code(report, bool(warning), trial)
    return Told(lines, remarks, _summary(report, index, code, trial), code)


def _code(report: Report, warned: bool, trial: bool) -> int:
    states = {source.state for source in report.sources}
    nothing = report.decisions == 0 if trial else report.generation is None
    if warned or nothing or states & {"kept", "failed"} or any(map(_lost, report.sources)):
        return 1
    return 3 if "held" in states else 0


def unread(report: Report) -> list[Problem]:
    """What somebody has to do something about until it is mended: what was not read, and what was
    held back."""
    return [
        problem
        for source in report.sources
        for problem in (
            source.problems
            if source.state == "failed"
            else (*source.news, *_lost(source))
            if source.state in ("kept", "held")
            else _lost(source)
        )
    ]


def _lost(source: SourceReport) -> list[Problem]:
    return [problem for problem in source.problems if problem.lost]


def _to_tell(source: SourceReport, trial: bool) -> tuple[Problem, ...]:
    if source.state in ("read", "failed") or trial:
        return source.all_problems
    return (*source.news, *_lost(source))


def _gathered(problems: Iterable[Problem], form: str) -> list[str]:
    """The problems, a line each; many of one kind in one file as one line with two examples."""
    alike: dict[tuple[str, ...], list[Problem]] = defaultdict(list)
    for one in problems:
        alike[one.file, _VARYING.sub("", one.what), _VARYING.sub("", one.remedy)].append(one)
    lines: list[str] = []
    for some in alike.values():
        if len(some) <= _MOST_ALIKE:
            lines += map(str, some)
            continue
        whats = {one.what for one in some}
        what = some[0].what if len(whats) == 1 else re.sub("”[^”]*”", "”…”", some[0].what)
        rows = " och ".join(place("", one.table, one.row).removeprefix(", ") for one in some[:2])
        told = form.format(what=what, count=number(len(some)), rows=rows.replace("och rad", "och"))
        remedy = some[0].remedy
        lines.append(
            f"{some[0].file}: {told}. {remedy[:1].upper()}{remedy[1:]}. Hela listan: --json."
        )
    return lines


def _summary(report: Report, index: Path, code: int, trial: bool) -> list[str]:
    if report.generation is None and not trial:
        return ["Inget indexerades; det index som fanns är orört."]
    files = sum(source.state not in ("failed", "gone") for source in report.sources)
    notes = sum(
        not problem.lost
        for source in report.sources
        for problem in (source.problems if source.state == "held" else source.all_problems)
    )
    again = report.shown_again
    lines = [
        f"{number(report.decisions)} beslut ur {_count(files, 'fil', 'filer')}, "
        f"{format_amount(report.sum)}; "
        f"{_count(len(report.duplicates), 'dubblett', 'dubbletter')}, "
        f"{_count(notes, 'anmärkning', 'anmärkningar')}",
        *([f"Undantaget: {number(report.withheld)} beslut."] if report.withheld else []),
        *([f"Inte längre undantaget: {number(again)} beslut."] if again else []),
        *_losses(report),
    ]
    if held := sum(source.state == "held" for source in report.sources):
        lines.append(
            f"Mycket färre beslut än förut: {_count(held, 'fil', 'filer')}. "
            "Kontrollera, och kör om med --accept om det är rätt."
        )
    if trial:
        after = "Ser det rätt ut, lägg filen bland de andra och kör `beslut index` på mappen."
        return [*lines, "Inget index är ändrat." + (f" {after}" if code == 0 else "")]
    if report.published:
        return [*lines, f"Indexet i {index} är nu gen-{report.generation}"]
    return [*lines, f"Inget har ändrats; indexet i {index} är kvar som gen-{report.generation}"]


def _losses(report: Report) -> list[str]:
    files = sum(source.state in ("failed", "kept") for source in report.sources)
    lost = [
        problem
        for source in report.sources
        if source.state != "failed"
        for problem in _lost(source)
    ]
    rows, parts = sum(one.left_out for one in lost), sum(not one.left_out for one in lost)
    told = [
        *([_count(files, "fil", "filer")] if files else []),
        *([_count(rows, "rad", "rader")] if rows else []),
        *([_count(parts, "del av en fil", "delar av filer")] if parts else []),
    ]
    return [f"Inte läst: {', '.join(told)}. Rätta det som står ovan och kör om."] if told else []


def _source_lines(source: SourceReport, trial: bool) -> list[str]:
    if source.state == "gone":
        return [f"{source.file}: {source.news[0].what}"]
    lines = [f"{source.file}: {_state(source, trial)}"]
    if source.state == "failed":
        seen = [header for table in source.tables for header in table.unused]
        return lines + (_wrapped("kolumner som finns", seen, "  ") if seen else [])
    return [
        *lines,
        *_table_lines(source.tables, with_columns=trial or source.state == "read"),
        f"  {_count(source.rows, 'rad', 'rader')}, {number(source.decisions)} beslut"
        f"{_difference(source)}, {_sums(source)}{_tally(source)}",
    ]


def _state(source: SourceReport, trial: bool) -> str:
    mapping = f", enligt {source.mapping}" if source.mapping else ""
    if source.state == "held":
        return source.news[0].what + ("" if trial else "; förra läsningen är kvar")
    told = len(source.problems)
    notes = f", {_count(told, 'anmärkning', 'anmärkningar')}" if told else ""
    return _STATES[source.state] + mapping + (notes if source.state == "unchanged" else "")


def _difference(source: SourceReport) -> str:
    if source.state != "read" or not source.difference:
        return ""
    how = "fler" if source.difference > 0 else "färre"
    return f" ({number(abs(source.difference))} {how} än förra läsningen)"


def _sums(source: SourceReport) -> str:
    """The sum in kronor, and those in other currencies beside it: they are not added up."""
    others = [format_amount(total, currency) for currency, total in source.others]
    kronor = [] if others and not source.sum else [format_amount(source.sum)]
    return ", ".join([*kronor, *others])


def _tally(source: SourceReport) -> str:
    declared = source.declared
    if declared is None or (declared.count is None and declared.sum is None):
        return "; filen anger ingen summa"
    stated = [
        *([] if declared.count is None else [f"{declared.count} projekt"]),
        *([] if declared.sum is None else [format_amount(declared.sum)]),
    ]
    agrees = "stämmer" if source.tallies else "stämmer INTE"
    return f"; filens summarad ({', '.join(stated)}) {agrees}"


def _table_lines(tables: Sequence[TableReport], with_columns: bool) -> list[str]:
    """The sheets or pages, those with the same columns together, each by itself while they are
    few."""
    alike: dict[object, list[TableReport]] = defaultdict(list)
    for one in tables:
        alike[(one.columns, one.unused) if with_columns else None].append(one)
    lines: list[str] = []
    for some in alike.values():
        named = [one for one in some if one.name]
        if len(named) > _MOST_TABLES:
            held = sum(1 for one in named if one.decisions)
            pages = all((one.name or "").startswith("sida ") for one in named)
            kind = "sidor" if pages else "tabeller"
            lines.append(f"  {len(named)} {kind}, {held} med beslut")
        else:
            lines += [
                f"  {one.name}: {_count(one.rows, 'rad', 'rader')}, {number(one.decisions)} beslut"
                for one in named
            ]
        if with_columns:
            lines += _columns(some[0], "    " if named else "  ")
    return lines


def _columns(table: TableReport, indent: str) -> list[str]:
    """Which header was read as what, and what has no column or is not used."""
    if not table.columns and not table.unused:
        return []
    known = table.headers
    lines = [
        f"{indent}{COLUMNS[column]:<{_WIDTH}} ← {' eller '.join(map(_cut, headers))}"
        f"{_factor(table) if column == 'amount' else ''}"
        for column, headers in known.items()
    ]
    missing = [name for column, name in COLUMNS.items() if column not in {*known, *_AIDS}]
    if missing:
        lines += _wrapped("ingen kolumn", missing, indent)
    return lines + (_wrapped("används inte", table.unused, indent) if table.unused else [])


def _factor(table: TableReport) -> str:
    """By what the amounts are multiplied, where the header says that they are in thousands."""
    try:
        factor = parse_amount(f"1 {table.unit}").value
    except ValueError:
        return ""
    return f" (gånger {number(int(factor))})" if factor > 1 else ""


def _wrapped(what: str, names: Sequence[str], indent: str) -> list[str]:
    some = [_cut(name) for name in names[:_MOST_UNUSED]]
    if more := len(names) - len(some):
        some.append(f"och {more} till (alla: --json)")
    text = f"{what}: {', '.join(some)}"
    return textwrap.wrap(
        text, 100, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
    )


def _first(decisions: Sequence[Decision]) -> list[str]:
    """The first decisions of a file, field by field."""
    lines = ["  De första besluten, som de lästes:"] if decisions else []
    for one in decisions:
        where = place("", one.source.table, one.source.row).removeprefix(", ")
        fields: dict[Column, str] = {
            "owner": one.owner,
            "title": one.title,
            "description": plain_text(one.description),
            "motivation": plain_text(one.motivation),
            "amount": "" if one.amount is None else money(one.amount, one.currency),
            "case_number": one.case_number or "",
            "decision_date": one.decision_date.isoformat() if one.decision_date else "",
        }
        if one.owner_number:
            fields["owner_number"] = one.owner_number
        if one.places:
            fields["place"] = "; ".join(one.places)
        lines.append(f"  {where}")
        lines += [
            f"    {COLUMNS[column]:<{_WIDTH}}  {_cut(text, _TEXT) or '–'}"
            for column, text in fields.items()
        ]
    return lines


def _cut(text: str, most: int = 60) -> str:
    line = shown(re.sub(r"[ \t\r\n]+", " ", text))
    return line if len(line) <= most else line[: most - 1] + "…"


def _count(count: int, one: str, several: str) -> str:
    return f"{number(count)} {one if count == 1 else several}"
