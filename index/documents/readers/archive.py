"""ZIP files that are documents: what is in them, and that they are no bombs."""

from __future__ import annotations

import io
import zipfile

from index.errors import ReadError
from index.limits import MEGABYTE, ReadingLimits

_MAGIC = b"PK\x03\x04"
_PROLOG = 4096  # bytes; a document type is declared before the first element


def names(content: bytes) -> frozenset[str]:
    """The members of a ZIP file, none where `content` is no ZIP file. Raises `ReadError` where it
    is one that is broken: its table of contents stands at its end."""
    if not content.startswith(_MAGIC):
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReadError("filen är avkortad eller skadad", "hämta den på nytt") from error


def check(content: bytes, limits: ReadingLimits) -> None:
    """Raises `ReadError` where the archive unpacks to more than the limits allow, is encrypted, or
    has XML that declares entities."""
    again = "öppna dokumentet och spara det på nytt"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        packed = max(1, sum(member.compress_size for member in members))
        if len(members) > limits.archive_members:
            raise ReadError(f"filen har fler än {limits.archive_members} delar", again)
        if unpacked > limits.unpacked_megabytes * MEGABYTE:
            what = f"filen är större än {limits.unpacked_megabytes} MB uppackad"
            raise ReadError(what, "dela upp den")
        # A small one does no harm, however hard it is packed.
        if unpacked > MEGABYTE and unpacked > limits.archive_ratio * packed:
            raise ReadError(f"filen är packad mer än {limits.archive_ratio} gånger", again)
        for member in members:
            if member.flag_bits & 1:
                raise ReadError("filen är skyddad med lösenord", "spara den utan lösenord")
            if member.filename.endswith((".xml", ".rels")):
                _check_prolog(archive, member)


def _check_prolog(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    try:
        with archive.open(member) as part:
            prolog = part.read(_PROLOG).upper().replace(b"\0", b"")
    except Exception as error:  # what zipfile and zlib raise on damage is no documented set
        raise ReadError("filen är skadad", "hämta dokumentet på nytt") from error
    if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
        raise ReadError("filen innehåller XML-entiteter", "öppna dokumentet och spara det på nytt")
