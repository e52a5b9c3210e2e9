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


def _is_node(text: str) -> bool:
    """The address of a node: without a password, and encrypted unless it is on this machine."""
    if not _is_site(text):
        return False
    url = urlsplit(text)
    is_here = url.hostname in ("localhost", "127.0.0.1", "::1")
    return url.path in ("", "/") and (url.scheme == "https" or is_here)


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
CLUSTER = Check(
    "adresser som börjar med https:// med kommatecken mellan, utan lösenord, ? och #; http:// bara "
    "till den egna datorn",
    lambda text: (
        all(_is_node(one.strip()) for one in text.split(","))
        and len({one.strip().partition(":")[0] for one in text.split(",")}) == 1
    ),
)
ALIAS = Check(
    "små bokstäver a-z, siffror och bindestreck, högst 60, en bokstav först",
    lambda text: bool(re.fullmatch("[a-z][a-z0-9-]{0,59}", text)),
)
USER = Check("ett namn utan kolon", lambda text: ":" not in text and text.isprintable())
ANYTHING = Check("text", lambda text: True)
FILE = Check(
    "en fil som finns och får läsas", lambda path: os.path.isfile(path) and os.access(path, os.R_OK)
)
FOLDER = Check("en mapp", lambda path: os.path.isdir(path) or not os.path.exists(path))
