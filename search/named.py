"""What are owners, funders and places called in one state of the index? The part of the seam that
depends on names alone, the same for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from index.storage.columns import Keyword
from search import facets
from search.dimensions import VALUES
from search.owners import Party
from search.parties import Parties
from search.request import SearchRequest


class NamedValues:
    """These methods of `search.engine.Engine`, where they are described, over ``keywords``, a
    column for each dimension of values, of which only the names count here."""

    keywords: Mapping[str, Keyword]

    def whole(self, name: str) -> npt.NDArray[Any]:
        """How many of all decisions have each name of a dimension."""
        raise NotImplementedError

    def canonical(self, request: SearchRequest) -> SearchRequest:
        filters = dict(request.filters)
        for one in VALUES:
            if not (one.party or one.several):
                continue
            keyword = self.keywords[one.name]
            # What nobody is called stays as it was asked for, and is told by that.
            told = [
                [keyword.names[at] for at in keyword.find(value)] or [value]
                for value in request.values(one.name)
            ]
            if told:
                filters[one.name] = tuple(dict.fromkeys(name for some in told for name in some))
        return replace(request, filters=filters)

    def absent(self, request: SearchRequest) -> list[tuple[str, str]]:
        return facets.absent(request, self.keywords, self.whole)

    def parties(self, dimension: str, slug: str) -> tuple[Party, ...]:
        return self._parties(dimension).parties(slug)

    def parties_named(self, dimension: str, name: str) -> tuple[Party, ...]:
        parties = self._parties(dimension)
        return tuple(one for at in parties.find(name) if (one := parties.party(at)))

    def all_parties(self, dimension: str) -> list[Party]:
        parties = self._parties(dimension)
        used = np.flatnonzero(self.whole(dimension)).tolist()
        return [one for at in used if (one := parties.party(at))]

    def party_names(self, dimension: str) -> list[tuple[int, tuple[str, ...]]]:
        parties = self._parties(dimension)
        counts = self.whole(dimension).tolist()
        named = zip(counts, parties.names, parties.writings, strict=True)
        return [(count, (label, *names)) for count, label, names in named if label]

    def _parties(self, dimension: str) -> Parties:
        parties = self.keywords[dimension]
        assert isinstance(parties, Parties)
        return parties
