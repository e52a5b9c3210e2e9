"""Organisation numbers as lists write them.

Ten digits, the third at least 2, the last a check digit (Luhn, modulus 10) over the nine before it:
Skatteverket, SKV 709 *Organisationsnummer*. The third digit tells them from personal identity
numbers, where it is the first of the month. The number of a sole trader is that person's own, so
whoever reports what could not be read must not quote it.
"""

from __future__ import annotations

import re

# 16 before it where registers write twelve digits; SE before and 01 after it where it is of VAT.
_WRITTEN = re.compile(r"(?:SE(?P<vat>\d{10})01|(?:SE|16)?(?P<plain>\d{10}))(?:\.0)?", re.ASCII)
_BETWEEN = re.compile(r"[\s\u00ad\u200b'’\"–‐‑−-]+")  # what parts digits, or makes text of a cell


def parse_organisation_number(text: str) -> str:
    """The number as ``NNNNNN-NNNN``; raises ValueError, which does not quote it."""
    match = _WRITTEN.fullmatch(_BETWEEN.sub("", text).upper())
    digits = match and (match["vat"] or match["plain"])
    if not digits or digits[2] < "2" or not _is_checked(digits):
        raise ValueError("no organisation number")
    return f"{digits[:6]}-{digits[6:]}"


def _is_checked(digits: str) -> bool:
    """Whether the last digit is right: the others count 2, 1, 2 … times, and of products over 9
    both digits are added."""
    products = (int(digit) * (2 - at % 2) for at, digit in enumerate(digits))
    return sum(product // 10 + product % 10 for product in products) % 10 == 0
