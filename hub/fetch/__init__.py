"""The one way out to every address a user typed: resolved once, checked, and connected to as checked.

https on port 443 only; every address of the host must be public, so that nothing is left to race (DNS rebinding); TLS
keeps the host's name; no redirects, no cookies, no proxy from the environment, at most 10 s and 512 kB. Where the
operator named a proxy in another network, a fetcher has a ``second`` one: it connects in the same way to an address
that was checked here, but from there. Words: *second look*; *away*: our second network gave no answer of the site's.

It does not decide what an answer proves: hub/federation does. Source: reference for link verification, WE-05, OP-14.
What an attacker gains who controls a fetched site: that we read up to 512 kB of it. What the proxy's owner gains: to
see which addresses are looked at, and to withhold the second look; never to choose an address, to read or to write.
"""

from hub.fetch.addresses import Also, Refused, is_public, parse_also
from hub.fetch.fetcher import MOST, Fetched, Fetcher, open_fetcher
from hub.fetch.tunnel import Away

__all__ = ["MOST", "Also", "Away", "Fetched", "Fetcher", "Refused", "is_public", "open_fetcher", "parse_also"]
