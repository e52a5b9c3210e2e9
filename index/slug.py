"""Readable, stable identifiers."""

from __future__ import annotations

import re
import unicodedata

_MAX = 80
_PLAIN = re.compile(r"[A-Za-z0-9ÅÄÖåäö ]*")
_UNDOTTED = str.maketrans("åäö", "aao")


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits joined by hyphens, at most 80: *Hela Vägen Ut* ->
    ``hela-vagen-ut``. Text without any letter or digit gives ``x``."""
    if _PLAIN.fullmatch(text):  # most texts, at a third of the time
        return "-".join(text.lower().translate(_UNDOTTED).split())[:_MAX].strip("-") or "x"
    folded = unicodedata.normalize("NFKD", text).casefold().replace("ø", "o").replace("æ", "a")
    kept = "".join(char for char in folded if char.isascii() or _parts_words(char))
    return re.sub(r"[^a-z0-9]+", "-", kept).strip("-")[:_MAX].strip("-") or "x"


def _parts_words(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) == "Pd"  # hyphens and dashes of all lengths
