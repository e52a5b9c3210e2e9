"""Which decisions are not to be shown, and why? A file that staff edit says so, a line each::

# Undantag, senast ändrad 2026-11-29
esf-2026-1/hela-vagen-ut = uppgifter om en enskild person
"""

from __future__ import annotations

from pathlib import Path

from index.errors import NotWithheld
from index.problem import listed, shown
from search.staff_file import FileError, FileProblem, contents, decode


def withheld(path: Path | None) -> dict[str, str] | None:
    """The reasons, by identifier; None without a file. Raises `NotWithheld` with all that is wrong:
    what is read by halves might show what it must not."""
    if path is None:
        return None
    try:
        return parse(decode(path.read_bytes()))
    except FileError as error:
        wrong = (f"rad {one.line}: {one.message.rstrip('.')}" for one in error.problems)
        what = f"{shown(path.name)} kan inte användas: {listed(wrong, 5)}"
        raise NotWithheld(
            what, f"{error.problems[0].remedy.rstrip('.')}; indexet är orört"
        ) from error


def parse(text: str) -> dict[str, str]:
    """The reasons, by identifier; raises `FileError` with every breach of the rules."""
    problems: list[FileProblem] = []
    reasons: dict[str, str] = {}
    for line, content in contents(text, problems):
        identifier, equals, reason = (part.strip() for part in content.partition("="))
        if not equals or not reason or "/" not in identifier or " " in identifier:
            what = "raden säger inte vilket beslut, och varför."
            remedy = "Skriv som i esf-2026-1/hela-vagen-ut = uppgifter om en enskild person"
            problems.append(FileProblem(line, what, remedy))
        elif identifier in reasons:
            remedy = "Ta bort den ena raden."
            problems.append(FileProblem(line, f"{identifier} står redan i filen.", remedy))
        else:
            reasons[identifier] = reason.rstrip(".")
    if problems:
        raise FileError(sorted(problems))
    return reasons
