"""Which text do these bytes hold, and what about it is uncertain?"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from contextlib import suppress

from index.documents.html import WINDOWS, legible
from index.documents.readers.codepages import READ_AS, WESTERN, likeliest
from index.errors import ReadError

_BOMS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1a\x1b"))
_BYTES = {ord(char): ord(code) for code, char in WINDOWS.items() if char}
# A character of UTF-8, or a byte beyond ASCII that is in none.
_UTF8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]"
)
# What å, ä, ö, é and dashes become when their UTF-8 is taken for Windows-1252, or for that of DOS.
_MISREAD = re.compile("Ã[¥¤¶©…„–‰\x84\x85\x96]|â€")
_GARBLED = re.compile(_MISREAD.pattern + "|├[¥ñÂàäû®]|[A-Za-z]\ufffd[a-z]")
_GARBLED_BEGINS = "Ãâ├\ufffd"
_AS_UTF8 = "spara filen som UTF-8"


def is_text(content: bytes) -> bool:
    """Whether bytes are text: a few NULs that have strayed in do not make a file binary."""
    return b"\0" not in content or _encoding(content) is not None or _has_few(content)


def is_utf16(content: bytes) -> bool:
    """Whether text is UTF-16, with a byte order mark or without."""
    return (_encoding(content) or "").startswith("utf-16")


def as_ascii(content: bytes) -> bytes:
    """Text as far as it is ASCII, of whatever Unicode encoding: to look at how it begins."""
    marks = (bom for bom, _ in _BOMS if content.startswith(bom))
    return content.removeprefix(next(marks, b"")).replace(b"\0", b"")


def decode(
    content: bytes, declared: str | None = None, exact: bool = False
) -> tuple[str, str | None]:
    """The text, `legible`, and what is uncertain about it, a clause in Swedish.
    ``exact``: nothing in it is taken for misread text.

    The encoding is that of the byte order mark, else UTF-8, else what the document itself declares,
    else the likeliest. Raises `ReadError` where none fits that is read.
    """
    text, doubt = _decoded(content, declared)
    doubts = [doubt] if doubt else []
    # It is quicker to look for these than for all of it.
    if exact or not any(char in text for char in _GARBLED_BEGINS):
        return legible(text), doubt
    if _MISREAD.search(text):
        with suppress(UnicodeError):
            text = text.translate(_BYTES).encode("latin-1").decode().removeprefix("\ufeff")
            doubts.append("å, ä och ö var UTF-8 som sparats som Windows-1252, och rättades")
    if _GARBLED.search(text):
        doubts.append("å, ä och ö ser ut att vara förvanskade")
    return legible(text), "; ".join(doubts) or None


def _decoded(content: bytes, declared: str | None) -> tuple[str, str | None]:
    if encoding := _encoding(content):
        return _strict(content, encoding), None
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8", "surrogatepass"), None
    if declared and not declared.casefold().startswith("utf"):
        with suppress(UnicodeDecodeError, LookupError):
            return content.decode(declared), None
    lengths = Counter(len(match[0]) for match in _UTF8.finditer(content))
    strays = lengths.pop(1)
    if strays <= lengths.total():
        text = _UTF8.sub(_utf8_of, content).decode("utf-8", "replace")
        return text, f"filen är UTF-8 utom {strays} tecken, som lästes som Windows-1252"
    return _guessed(content, strays)


def _guessed(content: bytes, beyond: int) -> tuple[str, str]:
    encoding = likeliest(content)
    if encoding not in READ_AS:
        what = f"filen är inte UTF-8 och inte heller Windows-1252, utan troligen {encoding}"
        raise ReadError(what, _AS_UTF8)
    doubt = f"filen är inte UTF-8 och lästes som {READ_AS[encoding]}"
    text = content.decode(encoding, "replace")
    if text.count("\ufffd") * 10 > beyond:
        text = _strict(content, encoding)
    return text, doubt


def _strict(content: bytes, encoding: str) -> str:
    try:
        # A lone surrogate costs itself, see `legible`.
        return content.decode(encoding, "surrogatepass" if "utf" in encoding else "strict")
    except UnicodeDecodeError as error:
        raise ReadError(
            f"tecknen är inte {error.encoding} (byte {error.start})", _AS_UTF8
        ) from error


def _utf8_of(match: re.Match[bytes]) -> bytes:
    char = match[0]
    return char if len(char) > 1 else char.decode(WESTERN, "replace").encode()


def _encoding(content: bytes) -> str | None:
    """The encoding that a byte order mark states, or that of UTF-16 without one, in which every
    second byte of Latin text is NUL; else None."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return encoding
    for high, low, encoding in ((0, 1, "utf-16-be"), (1, 0, "utf-16-le")):
        nuls = content[high::2].count(0)
        if nuls * 4 > len(content) and _has_few(content[low::2]):
            return encoding
    return None


def _has_few(content: bytes) -> bool:
    """Whether few of the bytes are control characters; of packed or binary data a tenth is."""
    return (len(content) - len(content.translate(None, _CONTROLS))) * 20 <= len(content)
