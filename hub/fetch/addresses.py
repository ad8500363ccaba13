"""Which addresses are fetched at all, and what tests may reach besides."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """This address is not fetched, or did not answer as asked. The text says why, for people."""


@dataclass(frozen=True)
class Also:
    """Addresses that tests may reach though they are not public: "host:port" to where it listens, and their CA."""

    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    authority: Path | None = None


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


def is_public(address: str) -> bool:
    """Tells whether an IP address is one of the public internet, and every IPv4 address inside it too."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inside = _embedded(found) if isinstance(found, ipaddress.IPv6Address) else []
    return all(_is_public(one) for one in (found, *inside))


def place_of(host: str, port: int, also: Also, seconds: float) -> tuple[str, int]:
    """Resolves a host once; returns where to connect to. seconds: how long that may take.

    Raises Refused unless all of its addresses are public.
    """
    if host in also.places:
        return also.places[host]
    try:
        addresses = _look_up(host, port, seconds)
    except (OSError, UnicodeError) as problem:
        raise Refused(f"{host} cannot be found.") from problem
    if port != 443 or not addresses or not all(is_public(address) for address in addresses):
        raise Refused(f"{host} is not an address of the public internet.")
    return addresses[0], port


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Returns the addresses of a host. Raises OSError or UnicodeError where there are none, or not in time.

    The system's own look-up knows no end and cannot be called off: one that is late is left behind in its thread.
    """
    found: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as problem:
            found.put(problem)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except queue.Empty as late:
        raise TimeoutError(host) from late
    if isinstance(answer, Exception):
        raise answer
    return list(dict.fromkeys(str(one[4][0]) for one in answer))


def checked(url: str) -> str:
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


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local  # what fc00::/7 was before
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or site_local
    return address.is_global and not odd


def _embedded(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]
