"""Was it granted at all? A list of decisions may have those that were refused too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
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
_REFUSED_WITHIN = re.compile(
    r"\b(?:avslå|avslås|avslag|avslogs|inte bevilja\w*|ej bevilja\w*|återkallas)\b", re.IGNORECASE
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
    r"\b(?:avslag(?!en\b)\w*|avslagen|(?:ej|inte|icke)[ _-]bevilja\w*|återkalla\w*|avskriv\w*"
    r"|rejected|declined|unsuccessful)",
    re.IGNORECASE,
)
_GRANTS = re.compile(r"bevilja|bifall|delvis|tilldela|granted|approved|awarded", re.IGNORECASE)


@lru_cache(maxsize=256)
def lists_refusals(heading: str) -> bool:
    """Whether a list, by its heading, sheet or file, is one of what was refused."""
    return bool(_REFUSALS.search(heading)) and not _GRANTS.search(_REFUSALS.sub("", heading))


def lists_both(heading: str) -> bool:
    """Whether a list, by its heading, has both what was granted and what was refused."""
    return bool(_REFUSALS.search(heading)) and not lists_refusals(heading)


@dataclass(slots=True)
class Statuses:
    """What a list says of whether each row was granted, by what it says: where first, how often."""

    refused: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    first: dict[str, Source] = field(default_factory=dict)

    def keeps(self, status: str, source: Source, refusals: str = "") -> bool:
        """Whether a row with this status gives a decision; remembers what is to be told.
        `refusals` is the heading of a list of what was refused."""
        refused = bool(refusals or _REFUSED.match(status) or _PENDING.match(status))
        # A whole sentence: *Ansökan avslås*.
        refused = refused or bool(_REFUSED_WITHIN.search(status) and not _GRANTS.search(status))
        status = refusals or status
        granted = _GRANTED.match(status) or _GRANTS.search(status)
        if refused or (status and not granted):
            (self.refused if refused else self.unknown)[status] += 1
            self.first.setdefault(status, source)
        return not refused

    def problems(self, file: str, kept: bool = False) -> Iterator[Problem]:
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

    def _told(self, counts: Counter[str]) -> str:
        return listed(
            (
                f"{count} {quoted(status)} (t.ex. rad {self.first[status].row})"
                for status, count in counts.most_common()
            ),
            most=5,
        )
