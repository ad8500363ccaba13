"""TXT records as several name servers say, each by itself.

Resolvers   two name servers asked from here, over plain DNS
Doh         one asked by way of the second network, over https (RFC 8484)

Why https there: an HTTP proxy lets port 443 through and rarely another; the answer comes sealed from the name server
itself, so that neither the proxy nor its network can write it; and it comes through the one pinned fetcher.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.message
import dns.nameserver
import dns.rcode
import dns.resolver

from hub.fetch import Away, Fetcher, Refused

PATIENCE, LARGEST = 5.0, 65_535
MEDIA = "application/dns-message"


class Resolvers:
    """Asks each of two name servers by itself. setting: "9.9.9.9, 1.1.1.1"; empty means the system's own two."""

    def __init__(self, setting: str) -> None:
        self.setting = setting

    def __call__(self, name: str) -> list[frozenset[str]]:
        """Returns the TXT records at a name, once for each resolver. Raises Refused with fewer than two."""
        servers = self._servers()
        if len(servers) < 2:
            raise Refused("Proofs by DNS need two name servers that must agree; this hub has fewer.")
        return [self._ask(server, name) for server in servers[:2]]

    def _servers(self) -> list[Any]:
        named = [part.strip() for part in self.setting.split(",") if part.strip()]
        if not named:
            try:
                return list(dns.resolver.Resolver().nameservers)
            except dns.exception.DNSException:
                return []
        found: list[Any] = []
        for part in named:
            host, colon, port = part.rpartition(":")
            found.append(dns.nameserver.Do53Nameserver(host, int(port)) if colon and "." in host else part)
        return found

    def _ask(self, server: Any, name: str) -> frozenset[str]:
        asked = dns.resolver.Resolver(configure=False)
        asked.nameservers, asked.lifetime = [server], PATIENCE
        try:
            rows = asked.resolve(name, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return frozenset()
        except (dns.exception.DNSException, OSError, ValueError) as problem:
            raise Refused(f"A name server did not answer: {type(problem).__name__}.") from problem
        return frozenset(b"".join(row.strings).decode("utf-8", "replace") for row in rows)


@dataclass(frozen=True)
class Doh:
    """Asks one name server over https. address: of its endpoint; fetcher: what goes by way of the second network."""

    address: str
    fetcher: Fetcher

    def __call__(self, name: str) -> list[frozenset[str]]:
        """Returns the TXT records at a name, as that server says. Raises Away where it says nothing that counts."""
        try:
            asked = dns.message.make_query(name, "TXT", id=0)
            question = base64.urlsafe_b64encode(asked.to_wire()).rstrip(b"=").decode("ascii")
            answer = self.fetcher.get(f"{self.address}?dns={question}", most=LARGEST, accept=MEDIA)
            if answer.status != 200:
                raise Away(f"The name server of the second network answers {answer.status}.")
            told = dns.message.from_wire(answer.body)
            if not isinstance(told, dns.message.QueryMessage) or not asked.is_response(told):
                raise Away("The name server of the second network answered another question.")
            if told.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
                raise Away("The name server of the second network did not find out.")
            return [_texts(told)]
        except Away:
            raise
        except (Refused, dns.exception.DNSException, ValueError) as problem:
            raise Away(f"The name server of the second network did not answer: {type(problem).__name__}.") from problem


def _texts(told: dns.message.QueryMessage) -> frozenset[str]:
    """The texts of an answer, at the end of whatever aliases led there."""
    try:
        rows = told.resolve_chaining().answer
    except dns.exception.DNSException as problem:
        raise Away("The name server of the second network answered with a riddle.") from problem
    return frozenset(b"".join(row.strings).decode("utf-8", "replace") for row in rows or ())
