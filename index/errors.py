"""What can go wrong, as one tree. Only `web` turns these into exit codes and HTTP statuses.

BeslutError
├── ExplainedError          has ``what`` happened and the ``remedy``, both in Swedish
│   ├── ReadError           a source file cannot be read            (index.documents)
│   ├── IndexUnusable       there is no index, or it is not whole   (index.storage)
│   │   └── ClusterUnavailable  a cluster does not answer, or in part (search.opensearch)
│   ├── IndexLocked         somebody else is writing                (index.storage)
│   ├── NotWithheld         what is to be withheld would be shown   (index.build)
│   └── ReplicationError    a copy of an index cannot be made       (index.storage)
└── RequestError            a search cannot be carried out as asked (search.request)
    └── SearchTimeout       it took longer than the limit           (search.request)
        └── StillCounting   the themes are not counted yet          (search.directory)

Who runs the service reads what is explained; a visitor, in any language, what `web.messages` makes
of the code and the values of a `RequestError`.
"""

from __future__ import annotations

from collections.abc import Sequence


class BeslutError(Exception):
    """The root of the tree."""


class ExplainedError(BeslutError):
    """``what`` is a clause without a full stop, ``remedy`` what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy[:1].upper()}{remedy[1:]}.")
        self.what = what
        self.remedy = remedy


class ReadError(ExplainedError):
    """A source file cannot be read. ``headers`` are the column names it has, where some were seen
    but could not be understood."""

    def __init__(self, what: str, remedy: str, headers: Sequence[str] = ()) -> None:
        super().__init__(what, remedy)
        self.headers = tuple(headers)


class IndexUnusable(ExplainedError):
    """There is no index at the path, it is of another format, or it is damaged."""


class ClusterUnavailable(IndexUnusable):
    """The cluster that is to answer cannot be reached, or has no whole answer, or no index."""


class IndexLocked(ExplainedError):
    """Another process is building the index."""


class NotWithheld(ExplainedError):
    """A decision that is to be withheld would be shown, or nobody says which are."""


class ReplicationError(ExplainedError):
    """The index cannot be copied to where it was to go; what is served there is as it was."""
