"""What is known of a decision that is not to be shown, so that it is known again?"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from index.decision import Decision, plain_text
from index.naming import content_digest, names


@dataclass(frozen=True, slots=True)
class Withheld:
    """The ``reason``, and what remains of the decision: the digests (hex) of all that it says and
    of its texts, empty where it has none, its case number, and the ``names`` that lead to it."""

    reason: str
    digest: str
    text: str
    case_number: str | None
    names: tuple[str, ...]

    @classmethod
    def of(cls, decision: Decision, reason: str) -> Withheld:
        """What remains of a decision."""
        text = plain_text(decision.description) + plain_text(decision.motivation)
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16] if text else ""
        case = decision.case_number
        return cls(reason, f"{content_digest(decision):016x}", digest, case, names(decision))

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Withheld:
        """The inverse of `data`."""
        return cls(**data | {"names": tuple(data["names"])})

    def data(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def is_still(self, now: Withheld) -> bool:
        """Whether what has the identifier `now` is the same decision, put right perhaps."""
        pairs = (
            (self.digest, now.digest),
            (self.text, now.text),
            (self.case_number, now.case_number),
        )
        return any(one and one == other for one, other in pairs)
