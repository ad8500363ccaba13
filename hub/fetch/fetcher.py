"""Fetching and posting, straight and by way of the second network."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpcore2

from hub.fetch.addresses import Also, Refused, checked, parse_also
from hub.fetch.tunnel import Away, Pinned, Proxy

MOST, SECONDS, PATIENCE = 512_000, 10.0, 5.0  # bytes; seconds in all, and for each step of it
CONNECTIONS = 100  # more than the worker opens at once: whoever waits for a free one waits for strangers
AGENT = "folkmoot-fetcher"


@dataclass(frozen=True)
class Fetched:
    """One answer. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """Fetches and posts. One for a process; safe from many threads. seconds: for one address, from first to last.

    second: the same from another network, or None.
    """

    def __init__(self, also: Also | None = None, seconds: float = SECONDS, *, proxy: Proxy | None = None) -> None:
        self.also, self.proxy = also or Also(), proxy
        self.second: Fetcher | None = None
        context = _trusting(self.also.authority)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context, network_backend=Pinned(self.also, seconds, proxy), retries=0,
            max_connections=CONNECTIONS, max_keepalive_connections=0,
        )  # fmt: skip

    def get(self, url: str, *, most: int = MOST, accept: str = "*/*") -> Fetched:
        """Fetches an address. Raises Refused; Away where it is our own second network that does not work."""
        return self._ask("GET", url, b"", {"Accept": accept}, most)

    def post(self, url: str, form: bytes) -> Fetched:
        """Sends a form to an address. Raises Refused."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(form))}
        return self._ask("POST", url, form, headers, 64_000)

    def close(self) -> None:
        """Closes the connections."""
        self._pool.close()
        if self.second is not None:
            self.second.close()

    def _ask(self, method: str, url: str, body: bytes, headers: Mapping[str, str], most: int) -> Fetched:
        host = checked(url)
        sent = [("Host", host), ("User-Agent", AGENT), ("Accept-Encoding", "identity"), *headers.items()]
        patience = dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE)
        try:
            with self._pool.stream(
                method, url, headers=sent, content=body or None, extensions={"timeout": patience}
            ) as answer:
                found = bytearray()
                for part in answer.iter_stream():
                    found += part
                    if len(found) > most:
                        raise Refused(f"{host} sends too much.")
                told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                return Fetched(answer.status, told, bytes(found))
        except Refused:
            raise
        except (
            httpcore2.NetworkError,
            httpcore2.TimeoutException,
            httpcore2.ProtocolError,
            OSError,
            ValueError,
        ) as bad:
            if _is_another(bad):
                raise Refused(f"{host} shows a certificate that is not its own.") from bad
            raise self._silent(f"{host} did not answer: {type(bad).__name__}.") from bad

    def _silent(self, why: str) -> Refused:
        """No answer: the site's own silence, but by way of a proxy nobody can tell whose."""
        return Refused(why) if self.proxy is None else Away(why)


@functools.cache
def _trusting(authority: Path | None) -> ssl.SSLContext:
    """Reads whom this machine trusts to certify sites: once for a process, as its settings are; it takes 30 ms."""
    return ssl.create_default_context(cafile=authority)


def open_fetcher(fetch_also: str, second_look: str) -> Fetcher:
    """Makes a hub's fetcher from its two settings, with a second one where there is a second network."""
    also = parse_also(fetch_also)
    made = Fetcher(also)
    if second_look:
        made.second = Fetcher(also, proxy=Proxy.parse(second_look))
    return made


def _is_another(bad: BaseException) -> bool:
    """Tells whether what went wrong is that somebody else answered: that is an answer, and not silence."""
    causes = (bad, bad.__cause__, bad.__context__)
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes)
