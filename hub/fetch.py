"""The one outbound fetcher for every address a user typed: resolved once, checked, and connected to as checked.

https on port 443 only; every address of the host must be public, so that nothing is left to race (DNS rebinding); TLS
keeps the host's name; no redirects, no cookies, no proxy, at most 10 s and 512 kB. Source: reference for link
verification, WE-05. What an attacker gains who controls a fetched site: that we read up to 512 kB of it.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

MOST, SECONDS = 512_000, 10.0
AGENT = "folkmoot-fetcher"
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """This address is not fetched, or did not answer as asked. The text says why, for people."""


@dataclass(frozen=True)
class Also:
    """Addresses that tests may reach though they are not public: "host:port" to where it listens, and their CA."""

    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    authority: Path | None = None


@dataclass(frozen=True)
class Fetched:
    """One answer. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: str) -> bool:
    """Tells whether an IP address is one of the public internet, and every IPv4 address inside it too."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inside = _embedded(found) if isinstance(found, ipaddress.IPv6Address) else []
    return all(_is_public(one) for one in (found, *inside))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local  # what fc00::/7 was before
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or site_local
    return address.is_global and not odd


def _embedded(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]


def parse_also(text: str) -> Also:
    """Reads the setting ``fetch_also``: ``host=127.0.0.1:8443, ca=/path/ca.pem``. Raises ValueError."""
    places, authority = {}, None
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"fetch_also: {part!r} is not name=value")
        if name == "ca":
            authority = Path(value)
        else:
            host, _colon, port = value.rpartition(":")
            places[name] = (host, int(port))
    return Also(places, authority)


class _Timed(httpcore2.NetworkStream):
    """A connection that ends when its time is over, however slowly the other side sends. until: of the monotonic clock.

    The library's own patience is for each read: a byte every few seconds would keep a thread for days.
    """

    def __init__(self, inner: httpcore2.NetworkStream, until: float) -> None:
        self.inner, self.until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Reads, in the time that is left."""
        return self.inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Writes, in the time that is left."""
        self.inner.write(buffer, self._left(timeout))

    def close(self) -> None:
        """Closes the connection."""
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Goes on behind TLS, with the same end."""
        return _Timed(self.inner.start_tls(ssl_context, server_hostname, self._left(timeout)), self.until)

    def get_extra_info(self, info: str) -> Any:
        """Tells what the library asks of the connection."""
        return self.inner.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time for this address is over")
        return left if timeout is None else min(left, timeout)


class _Pinned(httpcore2.NetworkBackend):
    """Connects to the address that was checked, and to no other. seconds: how long a connection lives."""

    def __init__(self, also: Also, seconds: float) -> None:
        self.also, self.seconds, self.inner = also, seconds, httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolves once, demands that all addresses are public, and connects to the first."""
        until = time.monotonic() + self.seconds
        if host in self.also.places:
            there, door = self.also.places[host]
            return _Timed(self.inner.connect_tcp(there, door, timeout, local_address, socket_options), until)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as problem:
            raise Refused(f"{host} cannot be found.") from problem
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if port != 443 or not addresses or not all(is_public(address) for address in addresses):
            raise Refused(f"{host} is not an address of the public internet.")
        return _Timed(self.inner.connect_tcp(addresses[0], port, timeout, local_address, socket_options), until)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        """There is no such way out."""
        raise Refused("not an address of the public internet")

    def sleep(self, seconds: float) -> None:
        """Waits, for the library's retries; there are none."""
        self.inner.sleep(seconds)


class Fetcher:
    """Fetches and posts. One for a process; safe from many threads. seconds: for one address, from first to last."""

    def __init__(self, also: Also | None = None, seconds: float = SECONDS) -> None:
        self.also = also or Also()
        context = ssl.create_default_context(cafile=self.also.authority)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context, network_backend=_Pinned(self.also, seconds), max_connections=16, retries=0,
            max_keepalive_connections=0,
        )  # fmt: skip

    def get(self, url: str, *, most: int = MOST, accept: str = "*/*") -> Fetched:
        """Fetches an address. Raises Refused."""
        return self._ask("GET", url, b"", {"Accept": accept}, most)

    def post(self, url: str, form: bytes) -> Fetched:
        """Sends a form to an address. Raises Refused."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(form))}
        return self._ask("POST", url, form, headers, 64_000)

    def close(self) -> None:
        """Closes the connections."""
        self._pool.close()

    def _ask(self, method: str, url: str, body: bytes, headers: Mapping[str, str], most: int) -> Fetched:
        host = _checked(url)
        sent = [("Host", host), ("User-Agent", AGENT), ("Accept-Encoding", "identity"), *headers.items()]
        patience = dict.fromkeys(("connect", "read", "write", "pool"), 5.0)
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
            raise Refused(f"{host} did not answer: {type(bad).__name__}.") from bad


def _checked(url: str) -> str:
    """Returns the host of an address that may be asked at all. Raises Refused."""
    try:
        parts, made = urlsplit(url), httpx2.URL(url)
        port = parts.port
    except (ValueError, httpx2.InvalidURL) as problem:
        raise Refused("This is not an address.") from problem
    host = parts.hostname or ""
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url and len(url) <= 2_000
    if not plain or parts.scheme != "https" or "@" in parts.netloc or port not in (None, 443) or made.host != host:
        raise Refused("Only https addresses without a port, a name or a password are fetched.")
    if not host or host.startswith("[") or ":" in host or host.replace(".", "").isdecimal() or "." not in host:
        raise Refused("Only addresses with a name are fetched.")
    return host
