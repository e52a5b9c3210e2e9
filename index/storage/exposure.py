"""Who else can write in the folder of an index? Opening an index unpickles files in it, so whoever
can write there, or put another folder in its place, can run code as the one who opens it."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import stat
from pathlib import Path

from index.errors import IndexUnusable
from index.problem import listed, shown


def exposure(index: Path) -> IndexUnusable | None:
    """What is to be said if others can write in an index, or None. It may be raised or told."""
    folder = index.resolve()
    if not folder.is_dir():
        return None
    # The way there as it was given too: it may lead over a link.
    ways = {*folder.parents, *index.absolute().parents}
    found = [path for path in sorted(ways) if _is_open(path, sticky=True)]
    found += [folder] if _is_open(folder) else filter(_is_open, sorted(folder.rglob("*")))
    if not found:
        return None
    what = (
        f"andra kan skriva i {listed((shown(str(path)) for path in found), 3)}, och den som kan "
        "skriva där kan köra egen kod som den som öppnar indexet"
    )
    owner = _other_owner(found[0])
    if owner:
        what = f"{shown(str(found[0]))} ägs av {owner}, som därmed kan köra egen kod som du"
        return IndexUnusable(what, f"kör kommandot som {owner}, t.ex. med `sudo -u {owner}`")
    remedy = f"ta bort andras rätt att skriva, t.ex. med `chmod -R go-w {shown(str(found[0]))}`"
    return IndexUnusable(what, f"{remedy}, och låt den som kör kommandot äga mappen")


def _other_owner(path: Path) -> str:
    """Who else than root and the one who runs this owns a folder or a file; empty if nobody."""
    with contextlib.suppress(OSError):
        number = path.stat().st_uid
        if number not in (0, os.geteuid()):
            try:
                return pwd.getpwuid(number).pw_name
            except KeyError:
                return f"#{number}"
    return ""


def _is_open(path: Path, sticky: bool = False) -> bool:
    with contextlib.suppress(FileNotFoundError):  # a build may be removing a generation
        return can_others_write(path.stat(), sticky)
    return False


def can_others_write(status: os.stat_result, sticky: bool = False) -> bool:
    """Whether others than root and the one who runs this can write in a folder or a file.

    ``sticky``: it is enough if they cannot take away what is not theirs, as in /tmp.
    """
    if status.st_uid not in (0, os.geteuid()):
        return True
    if sticky and status.st_mode & stat.S_ISVTX:
        return False
    by_group = status.st_mode & stat.S_IWGRP and not _is_private(status.st_gid)
    return bool(by_group or status.st_mode & stat.S_IWOTH)


def _is_private(group: int) -> bool:
    """Whether a group is the one that Debian and others make for a single user, who then makes
    files that it can write."""
    with contextlib.suppress(KeyError):
        me, entry = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(group)
        return entry.gr_name == me and set(entry.gr_mem) <= {me}
    return False
