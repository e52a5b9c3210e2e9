"""Which files are there, and what are they called?"""

from __future__ import annotations

import errno
import os
import stat
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from index.documents.columns import mapping as mappings
from index.errors import ReadError
from index.problem import Problem, shown

NO_ROOM = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
"""What the system says where something cannot be written: no fault of the file that is read."""
_PASSING_FIRST = (".", "~$")
_PASSING_LAST = ("~", ".tmp", ".part", ".filepart", ".crdownload")
"""How the names of files begin or end that are hidden, or that a program has beside the one it is
writing."""


@dataclass(frozen=True, slots=True)
class FileStamps:
    """What tells that a reading would see something else: of each folder that is looked into its
    device and inode, of each file its size and its times of modification and change (ns)."""

    folders: dict[Path, tuple[int, ...]]
    files: dict[Path, tuple[int, ...]]


def file_stamps(sources: Sequence[Path], apart: Collection[Path] = ()) -> FileStamps:
    """How the `sources` are now, TOML files included. What is not there is left out."""
    folders: dict[Path, tuple[int, ...]] = {}
    stamps: dict[Path, tuple[int, ...]] = {}
    for source in sources:
        for at, names, _ in os.walk(source):
            names[:] = _looked_into(Path(at), names, apart)
            with suppress(OSError):
                status = os.stat(at)
                folders[Path(at)] = status.st_dev, status.st_ino
    beside = [
        source.with_name(name)
        for source in sources
        if not source.is_dir()
        for name in mappings.names(source.name)
    ]
    for path in [*(path for path, _ in _walk(sources, apart)), *beside]:
        with suppress(OSError):
            status = path.lstat()
            stamps[path] = status.st_size, status.st_mtime_ns, status.st_ctime_ns
    return FileStamps(folders, stamps)


def files(sources: Sequence[Path], apart: Collection[Path] = ()) -> list[tuple[Path, str]]:
    """Each file of the `sources`, files and folders, once, with the name it goes by: relative to
    its folder, and with folders in front where that would not tell two files apart. TOML files say
    how others are read. Folders that are `apart`, real paths, hold no sources."""
    name_of: dict[Path, str] = {}
    for path, name in _walk(sources, apart):
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


def empty_folders(sources: Sequence[Path], apart: Collection[Path] = ()) -> list[Path]:
    """The sources that are folders without a file: there may be a disk that is not mounted."""
    return [one for one in sources if one.is_dir() and not any(_walk([one], apart))]


def lost_mappings(
    sources: Sequence[Path], named: Iterable[tuple[Path, str]], apart: Collection[Path] = ()
) -> Iterator[Problem]:
    """TOML files that stand beside none of the files `named`: somebody has misspelt a name."""
    wanted = {path.with_name(name) for path, _ in named for name in mappings.names(path.name)}
    for path, name in _walk(sources, apart):
        if path.suffix == mappings.SUFFIX and path not in wanted:
            remedy = "kalla den som filen, med .toml efter"
            yield Problem(shown(name), None, "ingen fil bredvid hör till den", remedy)


def _walk(sources: Sequence[Path], apart: Collection[Path]) -> Iterator[tuple[Path, str]]:
    """The sources that are files, and the files in those that are folders; those that are hidden or
    only there for a while left out.

    A link that leads out of its folder stays a link, to be refused by `opened`.
    """
    for source in sources:
        real = Path(os.path.realpath(source))
        if not source.is_dir():
            yield real, source.name
            continue
        for path in _beneath(source.absolute(), apart):
            name = path.relative_to(source.absolute()).as_posix()
            target = Path(os.path.realpath(path))
            yield target if target.is_relative_to(real) else path, name


def _beneath(folder: Path, apart: Collection[Path]) -> list[Path]:
    """The files in a folder and in those in it; and the folders that may not be looked into or are
    elsewhere, so that what is in them does not go missing in silence."""
    found: list[Path] = []

    def refused(error: OSError) -> None:
        found.append(Path(error.filename))

    for at, folders, names in os.walk(folder, onerror=refused):
        folders[:] = _looked_into(Path(at), folders, apart)
        links = [name for name in folders if _leads_out(Path(at, name), folder)]
        found += [Path(at, name) for name in names if not _is_passing(name)]
        found += [Path(at, name) for name in links]
    return sorted(found)


def _looked_into(at: Path, folders: Sequence[str], apart: Collection[Path]) -> list[str]:
    """Those of the `folders` in one that may hold sources."""
    return [
        name
        for name in folders
        if not name.startswith(".") and Path(os.path.realpath(at / name)) not in apart
    ]


def _is_passing(name: str) -> bool:
    return name.startswith(_PASSING_FIRST) or name.endswith(_PASSING_LAST)


def _leads_out(path: Path, folder: Path) -> bool:
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


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
            if error.errno in NO_ROOM:
                raise
            raise unreadable(error) from error


def unreadable(error: OSError) -> ReadError:
    """What the system says of a file, as an error of ours."""
    if isinstance(error, PermissionError):
        remedy = "ge den som kör kommandot rätt att läsa den"
        return ReadError("behörighet att läsa den saknas", remedy)
    return ReadError(f"filen kan inte läsas ({error.strerror})", "kontrollera den")
