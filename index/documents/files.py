"""Which files are there, and what are they called?"""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from index.documents import mapping as mappings
from index.errors import ReadError
from index.problem import Problem, shown


def files(sources: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each file of the `sources`, files and folders, once, with the name it goes by: relative to
    its folder, and with folders in front where that would not tell two files apart. TOML files say
    how others are read."""
    name_of: dict[Path, str] = {}
    for path, name in _walk(sources):
        if path.suffix != mappings.SUFFIX:
            name_of.setdefault(path, name)
    by_name = defaultdict(list)
    for path, name in name_of.items():
        by_name[name].append(path)
    for paths in by_name.values():
        if len(paths) > 1:
            above = os.path.commonpath(paths)
            name_of.update((path, path.relative_to(above).as_posix()) for path in paths)
    return [(path, shown(name)) for path, name in name_of.items()]


def lost_mappings(sources: Sequence[Path], named: Iterable[tuple[Path, str]]) -> Iterator[Problem]:
    """TOML files that stand beside none of the files `named`: somebody has misspelt a name."""
    wanted = {path.with_name(name) for path, _ in named for name in mappings.names(path.name)}
    for path, name in _walk(sources):
        if path.suffix == mappings.SUFFIX and path not in wanted:
            remedy = "kalla den som filen, med .toml efter"
            yield Problem(shown(name), None, "ingen fil bredvid hör till den", remedy)


def _walk(sources: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """The sources that are files, and the files in those that are folders; hidden ones left out.

    A link that leads out of its folder stays a link, to be refused by `opened`.
    """
    for source in sources:
        real = Path(os.path.realpath(source))
        if not source.is_dir():
            yield real, source.name
            continue
        for path in sorted(source.absolute().rglob("*")):
            name = path.relative_to(source.absolute())
            if not path.is_dir() and not any(part.startswith(".") for part in name.parts):
                target = Path(os.path.realpath(path))
                yield target if target.is_relative_to(real) else path, name.as_posix()


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """The file, certain to be a regular one and no link; raises `ReadError`."""
    try:
        if path.is_symlink():
            raise ReadError("länken leder ut ur mappen", "lägg själva filen i mappen")
        if not path.exists():
            raise ReadError("filen finns inte", "kontrollera sökvägen")
        # The file may be another by now: no link is followed, and a pipe does not keep us waiting.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise unreadable(error) from error
    with open(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise ReadError("det är ingen vanlig fil", "ta bort den ur mappen")
        try:
            yield file
        except OSError as error:
            raise unreadable(error) from error


def unreadable(error: OSError) -> ReadError:
    """What the system says of a file, as an error of ours."""
    return ReadError(f"filen kan inte läsas ({error.strerror})", "kontrollera den")
