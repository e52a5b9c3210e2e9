"""How is a cluster asked? Its address and credentials, its errors, and whole answers only.

Whatever keeps the cluster from answering is a `ClusterUnavailable`, which says what whoever runs it
may do; only that a request's time is up is a `SearchTimeout`. An answer that lacks a shard is none.
No message has anything of a request or of the credentials in it, and the client library, which
would log both, is silenced.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from opensearchpy import Connection, OpenSearch, Transport
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConnectionError,
    ConnectionTimeout,
    NotFoundError,
    OpenSearchException,
    SSLError,
    TransportError,
)
from urllib3 import Timeout

from index.errors import ClusterUnavailable
from search.deadline import NEVER, Deadline
from search.opensearch.mapping import Json
from search.request import SearchTimeout

OLDEST, NEWEST = (2, 19), (3, 0)
"""The versions of OpenSearch that are known to work: from the first to before the last."""
BRIEFLY = 2.0
"""Seconds for what is looked up at once; then another node is asked."""
_SECONDS = 60.0  # that a request without a deadline may take
_GRACE = 0.05  # seconds for an answer whose time is up to arrive as one that says so
_CONNECTING = 0.5  # seconds for a machine to say that it is there; one that is lost says nothing
_REST, _DOUBLED = 10, 2  # seconds for which a failed node is left alone; the times it doubles
_KIND = re.compile("[a-z_]{1,80}")  # of errors of OpenSearch; anything else may be of the request
_DEADLINE: ContextVar[Deadline] = ContextVar("deadline", default=NEVER)


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Where the cluster is, and what is made there. ``addresses`` are those of its nodes; ``name``
    is the alias that is searched, and what the names of all of its indexes begin with. ``ca``: the
    file of the certificates that its own are to be signed with, if not those of this machine."""

    addresses: tuple[str, ...]
    name: str = "beslut"
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""
    shards: int = 3
    replicas: int = 1


class Cluster:
    """A cluster of OpenSearch. Safe for threads. All methods raise `ClusterUnavailable`, and those
    that take a deadline `SearchTimeout`."""

    def __init__(self, options: ClusterOptions) -> None:
        self.options = options
        for name in ("opensearch", "opensearchpy.trace"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        secure = options.addresses[0].startswith("https")
        trust: Json = {"verify_certs": True, "ssl_show_warn": False} if secure else {}
        if secure and options.ca:
            trust["ca_certs"] = options.ca
        self.client = OpenSearch(
            hosts=[*options.addresses],
            headers=_credentials(options),
            http_compress=False,
            timeout=_within(_SECONDS),
            transport_class=_Transport,
            max_retries=max(1, len(options.addresses) - 1),  # a lost node's requests go to another
            retry_on_timeout=True,
            dead_timeout=_REST,
            timeout_cutoff=_DOUBLED,
            pool_maxsize=32,
            **trust,
        )

    def close(self) -> None:
        """Closes the connections."""
        self.client.close()

    def check_version(self) -> None:
        """That this is an OpenSearch that is known to work."""
        with self.answering():
            told = self.client.info(request_timeout=_within(BRIEFLY))
        version = told.get("version") if isinstance(told, dict) else None
        version = version if isinstance(version, dict) else {}
        number = re.match(r"(\d+)\.(\d+)[\w.-]{0,40}", str(version.get("number")))
        found = (int(number[1]), int(number[2])) if number else (0, 0)
        is_known = version.get("distribution") == "opensearch"
        if not is_known or not OLDEST <= found < NEWEST:
            kind = "OpenSearch" if is_known else "något annat än OpenSearch"
            raise ClusterUnavailable(
                f"klustret är {kind}, version {number[0] if number else 'okänd'}",
                f"använd OpenSearch {OLDEST[0]}.{OLDEST[1]} eller senare, före {NEWEST[0]}.0",
            )

    def current(self) -> str:
        """The index that the alias leads to."""
        name = self.options.name
        with self.answering():
            try:
                # By any node: the one that manages the others may be the one that is lost.
                found = self.client.indices.get_alias(
                    name=name, request_timeout=_within(BRIEFLY), local="true"
                )
            except NotFoundError:
                what = f"klustret har inget alias {name}"
                remedy = "kör `beslut index KÄLLA...`, som lägger dit indexet"
                raise ClusterUnavailable(what, remedy) from None
        if len(found) != 1:
            what = f"klustrets alias {name} leder till {len(found)} index"
            raise ClusterUnavailable(what, "låt det leda till ett, eller kör `beslut index`")
        return str(next(iter(found)))

    def search(
        self,
        index: str,
        body: Json,
        deadline: Deadline = NEVER,
        scores_of_names: bool = False,
        seconds: float = _SECONDS,
    ) -> Json:
        """One search; `scores_of_names`: with what each named part of it scored. A node may take
        so many `seconds`, or what is left until the deadline."""
        names = str(scores_of_names).lower()
        return self._whole(body, deadline, seconds, index=index, include_named_queries_score=names)

    def searches(
        self, index: str, bodies: Sequence[Json], deadline: Deadline = NEVER
    ) -> list[Json]:
        """Several searches in one round trip."""
        if not bodies:
            return []
        deadline.check()
        left = _left(deadline)
        head, limit = {"allow_partial_search_results": False}, {"timeout": f"{left * 1000:.0f}ms"}
        lines = [one for body in bodies for one in (head, body | limit)]
        with self.answering(deadline):
            answers: list[Json] = self.client.msearch(
                index=index, body=lines, request_timeout=_within(left + _GRACE)
            )["responses"]
        for answer in answers:
            _check_whole(answer, deadline)
        return answers

    @contextlib.contextmanager
    def point_in_time(self, index: str, deadline: Deadline = NEVER) -> Iterator[str]:
        """Holds what a long walk through an index reads, whatever becomes of that; its id."""
        deadline.check()
        with self.answering(deadline):
            opened: str = self.client.create_pit(
                index=index,
                params={"keep_alive": "5m", "allow_partial_pit_creation": "false"},
                request_timeout=_within(_left(deadline) + _GRACE),
            )["pit_id"]
        try:
            yield opened
        finally:
            with contextlib.suppress(OpenSearchException):  # it ends by itself
                self.client.delete_pit(body={"pit_id": [opened]}, request_timeout=_within(BRIEFLY))

    def walk(self, index: str, body: Json, size: int, deadline: Deadline = NEVER) -> Iterator[Json]:
        """All hits of a search in its order, read `size` at a time at a point in time. The order
        must tell any two hits apart."""
        with self.point_in_time(index, deadline) as pit:
            after: Json = {}
            while True:
                page = {
                    "size": size,
                    "track_total_hits": False,
                    "pit": {"id": pit, "keep_alive": "5m"},
                    **body,
                    **after,
                }
                hits = self._whole(page, deadline)["hits"]["hits"]
                yield from hits
                if len(hits) < size:
                    return
                after = {"search_after": hits[-1]["sort"]}

    def _whole(
        self, body: Json, deadline: Deadline, seconds: float = _SECONDS, **asked: str
    ) -> Json:
        """The answer to one search, from all shards and in time."""
        deadline.check()
        left = min(_left(deadline), seconds)
        with self.answering(deadline):
            answer: Json = self.client.search(
                body=body | {"timeout": f"{left * 1000:.0f}ms"},
                request_timeout=_within(left + _GRACE),
                allow_partial_search_results="false",
                **asked,
            )
        _check_whole(answer, deadline)
        return answer

    @contextlib.contextmanager
    def answering(self, deadline: Deadline = NEVER) -> Iterator[None]:
        """Makes `ClusterUnavailable` of what the client raises, and forgets that: in it OpenSearch
        repeats what was asked, and a traceback would show it."""
        before = _DEADLINE.set(deadline)
        try:
            yield
        except ConnectionTimeout:
            raise _late(deadline) from None
        except SSLError:
            remedy = "ange i BESLUT_ENGINE_CA vad dess certifikat är utfärdat av"
            raise _unavailable("har ett certifikat som inte går att lita på", remedy) from None
        except ConnectionError:
            remedy = "kontrollera BESLUT_ENGINE och att minst en nod är igång"
            raise _unavailable("går inte att nå", remedy) from None
        except (AuthenticationException, AuthorizationException) as error:
            if error.error == "cluster_block_exception":  # the index is closed for it to anybody
                raise _refused(error.status_code, error.error) from None
            remedy = "kontrollera BESLUT_ENGINE_USER och BESLUT_ENGINE_PASSWORD och rollens rätt"
            raise _unavailable(f"nekar tillträde ({error.status_code})", remedy) from None
        except TransportError as error:
            deadline.check()
            raise _refused(error.status_code, error.error) from None
        except OpenSearchException as error:
            raise _refused(type(error).__name__, "") from None
        finally:
            _DEADLINE.reset(before)


class _Transport(Transport):
    """Asks another node instead of one that failed, and leaves that alone for a while; not where
    the time of a search is up, which may be the fault of any node that it needs. One that hangs is
    found by who looks at the alias."""

    def mark_dead(self, connection: Connection) -> None:
        _DEADLINE.get().check()
        super().mark_dead(connection)


def _credentials(options: ClusterOptions) -> dict[str, str]:
    """The header that says who asks (RFC 7617); in UTF-8, which the client library's own is not."""
    if not options.user:
        return {}
    both = base64.b64encode(f"{options.user}:{options.password}".encode()).decode()
    return {"Authorization": f"Basic {both}"}


def _left(deadline: Deadline) -> float:
    """Seconds that a request may take."""
    return min(deadline.end - time.monotonic(), _SECONDS)


def _within(seconds: float) -> Timeout:
    """How long a request may take; less until somebody is there, so that another node can still be
    asked in time."""
    return Timeout(connect=min(seconds, _CONNECTING), read=seconds)


def _check_whole(answer: Mapping[str, Any], deadline: Deadline) -> None:
    """Raises unless an answer is from all shards, and from all of each."""
    if answer.get("timed_out"):
        raise _late(deadline)
    if error := answer.get("error"):
        deadline.check()
        raise _refused(answer.get("status", ""), str(error.get("type", "")))
    shards = answer["_shards"]
    if shards["failed"] or shards["successful"] < shards["total"]:
        what = f"svarar från {shards['successful']} av {shards['total']} delar"
        raise _unavailable(what, "se efter hur klustret mår")


def _late(deadline: Deadline) -> ClusterUnavailable | SearchTimeout:
    if deadline.end < math.inf:
        return SearchTimeout(deadline.seconds)
    return _unavailable("svarar inte i tid", "se efter hur klustret mår")


def _unavailable(what: str, remedy: str) -> ClusterUnavailable:
    return ClusterUnavailable(f"klustret {what}", remedy)


def _refused(status: object, kind: object) -> ClusterUnavailable:
    """`kind` is left out unless it is a name of OpenSearch's: a proxy's page may repeat what was
    asked."""
    named = [kind] if _KIND.fullmatch(str(kind)) else []
    told = " ".join(str(one) for one in (status, *named) if one)
    return _unavailable(f"kan inte svara ({told})", "se i klustrets logg och `_cluster/health`")
