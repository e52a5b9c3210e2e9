"""Was it granted at all? A list of decisions may have those that were refused too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from index.decision import Source
from index.problem import Problem, listed, quoted

_REFUSED = re.compile(
    r"avsl(?:ag|agen|aget|agna|agits|ås|ogs|å)\b|avskriv(?:en|et|na|s|ning)\b|avvis(?:ad|at|as)\b"
    r"|återkalla(?:d|t|de|s)\b|återta(?:gen|get|gna|s)\b|(?:ej|inte|icke) (?:bevilja|bifall|godkän)"
    r"|neka(?:d|t|s|de)\b|avböj|tillbakadra|upphäv|hävd\b|makulera|avstyrk|nej\b|annullera|avbruten"
    r"|(?:rejected|declined|refused|withdrawn|unsuccessful|cancelled|not (?:approved|granted))\b"
    r"|avsl(?:ått|år)\b|trukket\b|afslag|afslået|tilbagekaldt",
    re.IGNORECASE,
)
_PENDING = re.compile(
    r"under (?:beredning|behandling|handläggning|granskning)|inkom(?:men|met|na)?\b"
    r"|(?:ej|inte|icke) beslut|väntar\b|vilande\b|bordlagd|återremi|reserv|ansökan\b|ansökt\b"
    r"|utkast|registrerad\b|(?:pending|submitted|applied|draft|under review)\b|søknad|mottatt",
    re.IGNORECASE,
)
_GRANTED = re.compile(
    r"bevilja|bifall|(?:del(?:vis|vist) )|godkän|tillstyrk|antag|ja\b|pågå|avslutad|avslutat|aktiv"
    r"|utbetal|slutredovis|slutrapport|slutför|genomför|klar\b|färdig|besluta|beslut\b|planerad"
    r"|kommande|ändra|(?:approved|granted|awarded|ongoing|closed|completed|active|finished|started)\b"
    r"|innvilg|tildelt|bevilg|tilsagn|godkjent|godkendt|imødekommet|gällande|löpande|påbörja",
    re.IGNORECASE,
)


_REFUSALS = re.compile(
    r"\b(?:avslag(?!en\b)\w*|avslagen|avslås?\b|avslogs|(?:ej|inte|icke)[ _-]bevilja\w*"
    r"|återkalla\w*|avskriv\w*|rejected|declined|unsuccessful)",
    re.IGNORECASE,
)
_GRANTS = re.compile(r"bevilja|bifall|delvis|tilldela|granted|approved|awarded", re.IGNORECASE)

_WAITING = re.compile(
    r"reserv(?:plats|lista)?|bordlagd|bordläggs|vilande|återremi\w+"
    r"|under (?:beredning|behandling|handläggning|utredning)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"t\.?kr|kkr|ksek|mn?kr|msek|tusen kronor|miljoner kronor", re.IGNORECASE)
_GRANT_WORDS = re.compile(
    r"bidrag|bevilja|beslut|stöd|medel|stipend|bifall|anslag|fond|grant|award|tildel|tilskud|tilskot"
    r"|bevilling|innvilg|vedtak|understöd",
    re.IGNORECASE,
)


def is_refusal(text: str) -> bool:
    """Whether a cell of any column says that a row was refused: *Avslag*."""
    return len(text) <= 100 and bool(_REFUSALS.match(text)) and lists_refusals(text)


@lru_cache(maxsize=256)
def lists_refusals(heading: str) -> bool:
    """Whether a list, by its heading, sheet or file, is one of what was refused."""
    return bool(_REFUSALS.search(heading)) and not _GRANTS.search(_REFUSALS.sub("", heading))


def speaks_of_grants(heading: str) -> bool:
    """Whether a heading, sheet or file says that something was granted or decided."""
    return bool(_GRANT_WORDS.search(heading))


def lists_both(heading: str) -> bool:
    """Whether a list, by its heading, has both what was granted and what was refused."""
    return bool(_REFUSALS.search(heading)) and not lists_refusals(heading)


@dataclass(slots=True)
class Statuses:
    """What a list says of whether each row was granted, by what it says: where first, how often."""

    refused: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    unread: dict[str, Counter[str]] = field(default_factory=dict)
    nothing: list[Source] = field(default_factory=list)
    first: dict[str, Source] = field(default_factory=dict)

    def weigh(self, amount: Decimal | None, status: str, source: Source) -> None:
        """Remembers a row that nothing was granted in, where no status says why."""
        if amount is not None and amount <= 0 and not status:
            self.nothing.append(source)

    def notice(self, heading: str, text: str, source: Source) -> None:
        """Remembers a cell of a column that is not read, if it says that a row was refused or that
        its amount is in thousands."""
        crossed = lists_refusals(heading) and text.isalpha() and len(text) < 4
        remedy = ""
        if crossed or is_refusal(text) or _WAITING.fullmatch(text):
            remedy = "raderna är med; är de avslag, ange status i {}"
        elif _UNIT.fullmatch(text):
            remedy = "är beloppen i den enheten, ange kolumnen som currency i {}"
        if remedy:
            said = f"{heading}: {text}"
            self.unread.setdefault(remedy, Counter())[said] += 1
            self.first.setdefault(said, source)

    def keeps(self, status: str, source: Source, refusals: str = "") -> bool:
        """Whether a row with this status gives a decision; remembers what is to be told.
        `refusals` is the heading of a list of what was refused."""
        # A whole sentence tells by what it has within: *Ansökan avslås*, *Ansökan beviljas*.
        within = _GRANTS.search(status)
        pending = not within and _PENDING.match(status)
        refused = bool(refusals or _REFUSED.match(status) or lists_refusals(status) or pending)
        status = refusals or status
        granted = _GRANTED.match(status) or within
        if refused or (status and not granted):
            (self.refused if refused else self.unknown)[status] += 1
            self.first.setdefault(status, source)
        return not refused

    def problems(self, file: str, toml: str, kept: bool = False) -> Iterator[Problem]:
        """What is told of them: the rows that were left out, unless they were `kept`, and what was
        not understood."""
        if self.refused and not kept:
            count = self.refused.total()
            what = "1 rad är inget beviljat beslut"
            if count > 1:
                what = f"{count} rader är inga beviljade beslut"
            what = f"{what} och togs inte med: {self._told(self.refused)}"
            remedy = "det är som det ska; BESLUT_REFUSED=1 tar med dem"
            yield Problem(file, None, what, remedy, left_out=count)
        if self.unknown:
            what = f"det är oklart om status betyder beviljat: {self._told(self.unknown)}"
            yield Problem(file, None, what, "raderna är med; kontrollera dem")
        if self.nothing:
            rows = listed((str(source.row) for source in self.nothing), most=5)
            what = f"{len(self.nothing)} belopp är 0 kr eller mindre (rad {rows})"
            remedy = f"besluten är med; ta bort dem, eller ange status i {toml}, om de är avslag"
            yield Problem(file, None, what, remedy)
        yield from self._unread(file, toml)

    def _unread(self, file: str, toml: str) -> Iterator[Problem]:
        for remedy, counts in self.unread.items():
            what = f"kolumner som inte lästes säger något om raderna: {self._told(counts)}"
            yield Problem(file, None, what, remedy.format(toml))

    def _told(self, counts: Counter[str]) -> str:
        return listed(
            (
                f"{count} {quoted(status)} (t.ex. rad {self.first[status].row})"
                for status, count in counts.most_common()
            ),
            most=5,
        )
