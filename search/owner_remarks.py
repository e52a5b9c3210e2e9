"""What in an owners file probably says something other than was meant?

The file is valid; nothing here refuses it.

| kind     | what is remarked                                                          |
|----------|---------------------------------------------------------------------------|
| UNUSED   | a name that no decision has: a slip?                                      |
| SEVERAL  | a name with several numbers, of which only what has none is joined        |
| NEEDLESS | a name that counts as the same as the first without the file              |
"""

from collections.abc import Callable, Iterator, Sequence

from index.party_name import normal_name
from index.problem import listed
from search.owners import Owners, Party
from search.staff_file import FileProblem, quote

UNUSED = "Namn som inget beslut har"
SEVERAL = "Namn med flera organisationsnummer"
NEEDLESS = "Namn som redan räknas som samma"

Named = Callable[[str, str], Sequence[Party]]
"""The owners or funders (the dimension, first) that a name may mean."""


def owner_remarks(owners: Owners, named: Named) -> list[FileProblem]:
    """All remarks on the groups of a file, by kind and line."""
    kinds = (_unused(owners, named), _several(owners, named), _needless(owners))
    return [one for kind in kinds for one in sorted(kind, key=lambda one: one.line)]


def _unused(owners: Owners, named: Named) -> Iterator[FileProblem]:
    for group in owners.groups:
        for at, (name, line) in enumerate(group.names):
            if not _parties(name, named):
                remedy = "Se efter att det är rätt skrivet" + ("." if at else "; det visas ändå.")
                message = f"inget beslut har namnet {quote(name)}."
                yield FileProblem(line, message, remedy, UNUSED)


def _several(owners: Owners, named: Named) -> Iterator[FileProblem]:
    for group in owners.groups:
        for name, line in group.names:
            numbers = [number for one in _parties(name, named) for number in one.numbers]
            if len(_parties(name, named)) > 1:
                message = f"{quote(name)} har flera organisationsnummer: {listed(sorted(numbers))}."
                remedy = "Raden gäller bara beslut utan nummer; numren säger vems de andra är."
                yield FileProblem(line, message, remedy, SEVERAL)


def _needless(owners: Owners) -> Iterator[FileProblem]:
    for group in owners.groups:
        for name, line in group.names[1:]:
            if normal_name(name) == normal_name(group.label):
                message = f"{quote(name)} räknas redan som {quote(group.label)}."
                yield FileProblem(line, message, "Ta bort det.", NEEDLESS)


def _parties(name: str, named: Named) -> list[Party]:
    """The owners that a name is written of, or else the funders."""
    form = normal_name(name)
    for dimension in ("owner", "funder"):
        found = [one for one in named(dimension, name) if form in map(normal_name, one.names)]
        if found:
            return found
    return []
