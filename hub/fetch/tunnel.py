"""Ways to a checked address: straight from here, or through the operator's HTTP proxy in another network.

    here    TCP to the checked address
    there   TCP to the proxy; "CONNECT <checked address>:<port>" (RFC 9110 section 9.3.6); on 2xx the same, from there

TLS comes after either, with the host's own name: the proxy carries bytes, and a certificate it could show is another's.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2

from hub.fetch.addresses import Also, Refused, place_of

HEAD, PATIENCE = 8_192, 5.0  # bytes and seconds that a proxy's answer may take


class Away(Refused):
    """Our own second network gave no answer of the site's: nothing was learned, neither for a proof nor against it."""


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy that takes CONNECT. It is the operator's, so its own address may be private."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Proxy:
        """Reads the setting ``second_look``: ``http://host:port``. Raises ValueError."""
        parts = urlsplit(text)
        if (
            parts.scheme != "http"
            or not parts.hostname
            or parts.port is None
            or parts.netloc != text[7:]
            or "@" in text
        ):
            raise ValueError("second_look must be like http://203.0.113.7:3128, or empty.")
        return cls(parts.hostname, parts.port)


class Timed(httpcore2.NetworkStream):
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
        return Timed(self.inner.start_tls(ssl_context, server_hostname, self._left(timeout)), self.until)

    def get_extra_info(self, info: str) -> Any:
        """Tells what the library asks of the connection."""
        return self.inner.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time for this address is over")
        return left if timeout is None else min(left, timeout)


class Pinned(httpcore2.NetworkBackend):
    """Connects to the address that was checked, and to no other. seconds: how long it lives; proxy: by way of it."""

    def __init__(self, also: Also, seconds: float, proxy: Proxy | None = None) -> None:
        self.also, self.seconds, self.proxy, self.inner = also, seconds, proxy, httpcore2.SyncBackend()

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
        there, door = place_of(host, port, self.also, self.seconds if timeout is None else min(timeout, self.seconds))
        if self.proxy is None:
            return Timed(self.inner.connect_tcp(there, door, timeout, local_address, socket_options), until)
        way = self.inner.connect_tcp(self.proxy.host, self.proxy.port, timeout, local_address, socket_options)
        stream = Timed(way, until)
        try:
            open_tunnel(stream, there, door)
        except BaseException:
            stream.close()
            raise
        return stream

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        """There is no such way out."""
        raise Refused("not an address of the public internet")

    def sleep(self, seconds: float) -> None:
        """Waits, for the library's retries; there are none."""
        self.inner.sleep(seconds)


def open_tunnel(stream: httpcore2.NetworkStream, address: str, port: int) -> None:
    """Asks a proxy for a way to an IP address. Raises Away where it says no, or anything but a plain yes."""
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    stream.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode("ascii"), PATIENCE)
    head, until = b"", time.monotonic() + PATIENCE
    while b"\r\n\r\n" not in head:
        left = until - time.monotonic()
        part = stream.read(HEAD, left) if left > 0 else b""
        head += part
        if not part or len(head) > HEAD:
            raise Away("The proxy of the second network broke off.")
    version, _space, rest = head.partition(b"\r\n")[0].partition(b" ")
    # The site speaks only after us (TLS): bytes behind the head would be the proxy's own.
    if not version.startswith(b"HTTP/1.") or not rest.startswith(b"2") or not head.endswith(b"\r\n\r\n"):
        raise Away("The proxy of the second network opened no way to the site.")
