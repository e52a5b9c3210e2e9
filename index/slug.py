"""Readable, stable identifiers."""

from __future__ import annotations

import re
import unicodedata

_MAX = 80


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits joined by hyphens, at most 80: *Hela Vägen Ut* ->
    ``hela-vagen-ut``. Text without any letter or digit gives ``x``."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("æ", "a"))
    ascii_only = "".join(char for char in folded if char.isascii() or char.isspace() or char == "–")
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:_MAX].strip("-") or "x"
