"""Which texts are right as the value of a setting? `between`, for numbers, is in `index/limits.py`.

A host name, an address and a date are held to their form only: nothing is looked up in a network.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
from datetime import date
from urllib.parse import urlsplit

from index.limits import Check

_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"({_LABEL}\.)*(?!\d+$){_LABEL}", re.ASCII)  # the last label is no number
_EMAIL = re.compile(r"[^\s\"(),:;<>?&@\[\\\]]+@([^\s@.]+\.)+[^\s@.]{2,}")


def one_of(*texts: str) -> Check:
    """One of these words."""
    *others, last = texts
    return Check(f"{', '.join(others)} eller {last}", lambda text: text in texts)


def _is_ip(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(text))
    return False


def _is_host(text: str) -> bool:
    """An address to listen on: IPv6 without brackets."""
    return _is_ip(text) or bool(_NAME.fullmatch(text))


def _is_host_name(text: str) -> bool:
    """What a `Host` header may say beside the port: IPv6 in brackets (RFC 9110, 7.2)."""
    if text.startswith("[") and text.endswith("]"):
        return ":" in text and _is_ip(text[1:-1])
    return ":" not in text and _is_host(text)


def _is_address(text: str) -> bool:
    with contextlib.suppress(ValueError):
        url = urlsplit(text)
        known = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
        return known and not re.search(r"[\s<>\"\\]", text)
    return False


def _is_site(text: str) -> bool:
    """An address that a path can be put after."""
    return _is_address(text) and not re.search("[?#@]", text)


def _is_day(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(text).isoformat() == text
    return False


ADDRESS = Check("en adress som börjar med https:// eller http://", _is_address)
SITE = Check("en adress som börjar med https:// eller http://, utan ?, # och @", _is_site)
EMAIL = Check("en e-postadress", lambda text: bool(_EMAIL.fullmatch(text)))
DAY = Check("en dag, t.ex. 2026-11-23", _is_day)
ONE_LINE = Check("text på en rad", str.isprintable)
HOST = Check("en IP-adress eller ett värdnamn, utan port och hakparenteser", _is_host)
HOST_NAMES = Check(
    "värdnamn med kommatecken mellan, utan https:// och port, IPv6 inom [ ]",
    lambda text: all(_is_host_name(name.strip()) for name in text.split(",")),
)
FILE = Check(
    "en fil som finns och får läsas", lambda path: os.path.isfile(path) and os.access(path, os.R_OK)
)
FOLDER = Check("en mapp", lambda path: os.path.isdir(path) or not os.path.exists(path))
