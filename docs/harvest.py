"""Keep a copy of all decisions in a file; run it again to bring the copy up to date.

    python harvest.py https://beslut.example decisions.json

The copy is keyed by `identity`, which a decision keeps when its `id` becomes another. Where a
decision was read (`source`) may change without the decision changing, and is not followed.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

LONGEST = 6000  # characters of ids in one address


def get(address: str) -> bytes:
    with urlopen(address, timeout=60) as answer:
        return answer.read()


def batches(ids: list[str]) -> Iterator[str]:
    """The ids as query strings that fit into an address."""
    query = ""
    for one in ids:
        more = urlencode({"id": one})
        if query and len(query) + len(more) > LONGEST:
            yield query
            query = ""
        query += f"&{more}" if query else more
    if query:
        yield query


def decisions(site: str, query: str) -> dict[str, dict]:
    """The decisions of a search by identity, all if it asks for nothing."""
    lines = get(f"{site}/api/v1/decisions.jsonl?{query}").splitlines()
    return {one["identity"]: one for one in map(json.loads, lines)}


def begin(site: str) -> dict:
    """A new copy. The cursor comes first: what happens meanwhile is then told again."""
    answer = json.loads(get(f"{site}/api/v1/decisions?limit=0&facets=none"))
    return {"cursor": answer["_meta"]["changesCursor"], "decisions": decisions(site, "")}


def follow(site: str, copy: dict) -> None:
    """Brings a copy up to date."""
    while True:
        answer = json.loads(get(f"{site}/api/v1/changes?since={copy['cursor']}"))
        wanted = []
        for change in answer["changes"]:
            if change["kind"] != "deleted":
                wanted.append(change["id"])
            elif "movedTo" not in change:
                copy["decisions"].pop(change["identity"], None)
        found = {}
        for query in batches(wanted):
            found |= decisions(site, query)
        copy["decisions"] |= found
        if len(found) < len(set(wanted)):
            return  # the index has changed meanwhile: ask again next time
        copy["cursor"] = answer["cursor"]
        if not answer["changes"]:
            return


def main(site: str, file: Path) -> None:
    copy = json.loads(file.read_text("utf-8")) if file.exists() else begin(site)
    try:
        follow(site, copy)
    except HTTPError as error:
        if error.code != 410:  # Gone: nobody knows any longer what happened since
            raise
        copy = begin(site)
    new = file.with_suffix(".new")
    new.write_text(json.dumps(copy, ensure_ascii=False), "utf-8")
    new.replace(file)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
