"""The register of official channels, proving one, and the tokens by which federations check. Needs https."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from hub.errors import NotFound, RuleViolation
from hub.federation import marks, proofs
from hub.federation.marks import Anchor
from hub.fetch import Refused
from hub.groups import links, queries
from hub.groups.queries import Group, Link
from hub.groups.rules import METHODS
from hub.permits import P, can
from hub.permits import queries as permits
from hub.web.acts import due_of
from hub.web.context import Answer, Asked
from hub.web.pages import page, see_other
from hub.web.texts import _

ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
PAGE = 50
WAYS = {
    "file": (_("A file on the site"), _("Proves the whole site, and gives it a trust mark.")),
    "dns": (_("A record of its domain name"), _("Proves the whole site, and gives it a trust mark.")),
    "rel_me": (_("A link on the page back to here"), _("For one page or profile, on Mastodon for example.")),
}


def register(asked: Asked) -> Answer:
    """GET /channels: every official channel, and the answer to "is this really theirs?"."""
    address, after = asked.query.first("address").strip(), asked.query.first("after")[:200]
    host, rows = _host(address), queries.channels(asked.tx, after=after, limit=PAGE)
    near = queries.channels_at(asked.tx, host.removeprefix("www.")) if address else []
    found = [channel for channel in near if _is_at(address, channel.link.url or "")]
    further = rows[-1].link.id if len(rows) == PAGE else ""
    return page(
        asked, "channels/register.html", rows=rows, address=address, found=found, host=host, after=after,
        further=further,
    )  # fmt: skip


def show(asked: Asked) -> Answer:
    """GET /channels/{link}: one channel's badge page: whose it is, how sure that is, and its mark."""
    link = queries.link(asked.tx, asked.params["link"])
    group = None if link is None else queries.find(asked.tx, queries.group_of_link(asked.tx, link.id) or "")
    if link is None or group is None or not group.is_registered:
        raise NotFound
    proof = proofs.proof_of(asked.tx, link.id)
    member = marks.members(asked.tx).get(f"https://{urlsplit(link.url or '').netloc}")
    has_mark = member is not None and member.link.id == link.id and asked.hub.settings.secure
    return page(
        asked, "channels/show.html", link=link, group=group, who=_declared_by(asked, link),
        seen_at=proof.seen_at if proof else None, has_mark=has_mark, secure=asked.hub.settings.secure,
        origin=member.id if member else "", waits=due_of(asked.tx, [link]).get(link.id),
    )  # fmt: skip


def of_group(asked: Asked) -> Answer:
    """GET /groups/{group}/channels: a group's channels, and for its organisers what to put where."""
    group = _group(asked)
    may = can(asked.actor, P.LINKS_DECLARE, group.scope)
    rows = [
        (link, proofs.proof_of(asked.tx, link.id) if may else None, _declared_by(asked, link))
        for link in queries.links_for(asked.tx, group, viewer=asked.actor)
        if link.is_public
    ]
    proofs_to_put = {
        link.id: json.dumps({"group": f"{asked.hub.settings.url}/groups/{group.slug}", "token": proof.token}, indent=1)
        for link, proof, _who in rows
        if proof
    }
    return page(
        asked, "channels/group.html", group=group, may=may, rows=rows, put=proofs_to_put, ways=WAYS, file=proofs.FILE,
        label=proofs.LABEL,
    )  # fmt: skip


def begin(asked: Asked) -> Answer:
    """POST /groups/{group}/channels/{link}/proof: chooses how to prove it."""
    group, method = _group(asked), asked.form.one("method")
    if method not in METHODS:
        raise RuleViolation("federation.method", _("Choose how you want to prove it."))
    proofs.begin(asked.tx, group=group, link=asked.params["link"], method=method, actor=asked.actor)
    return see_other(f"/groups/{group.slug}/channels")


def look(asked: Asked) -> Answer:
    """POST /groups/{group}/channels/{link}/look: looks now, and says what was seen."""
    group = _read_group(asked)
    eyes = proofs.Eyes.of(asked.hub.settings, asked.hub.fetcher)
    found = proofs.look_now(asked.hub.db, eyes, group=group, link=asked.params["link"], actor=asked.actor)
    back = f"/groups/{group.slug}/channels"
    if found.is_there:
        return see_other(back, _("The proof is there. It stands in the public record."))
    return see_other(back, _("Not there yet: %s") % found.why)


def confirm(asked: Asked) -> Answer:
    """POST /groups/{group}/channels/{link}/confirmation: the second organiser's word."""
    group = _group(asked)
    links.confirm_link(asked.tx, group=group, link=asked.params["link"], actor=asked.actor)
    return see_other(f"/groups/{group.slug}/channels", _("You confirmed it. It is shown as declared by two."))


def keep(asked: Asked) -> Answer:
    """POST /groups/{group}/links/{link}/kept: a members' link is still right."""
    group = _group(asked)
    links.keep_member_link(asked.tx, group=group, link=asked.params["link"], actor=asked.actor)
    return see_other(f"/groups/{group.slug}/links", _("Thank you. Members see that it is right as of today."))


def read_entity(asked: Asked) -> Answer:
    """POST /groups/{group}/channels/{link}/entity: reads the site's own entity configuration (level 2)."""
    group = _read_group(asked)
    with asked.hub.db.read() as tx:
        if not can(asked.actor, P.LINKS_DECLARE, group.scope):
            raise NotFound
        link = queries.link(tx, asked.params["link"])
        if link is None or queries.group_of_link(tx, link.id) != group.id:
            raise NotFound
    back = f"/groups/{group.slug}/channels"
    try:
        fetcher, origin = asked.hub.fetcher, f"https://{urlsplit(link.url or '').netloc}"
        jwks = marks.read_entity(fetcher, origin, second=fetcher.second)
    except Refused as refused:
        return see_other(back, _("Not read: %s") % refused)
    with asked.hub.db.write() as tx:
        marks.keep_entity(tx, link.id, jwks)
    return see_other(back, _("The site is an entity of its own now."))


def configuration(asked: Asked) -> Answer:
    """GET /.well-known/openid-federation."""
    return _token(marks.configuration(_anchor(asked)), "application/entity-statement+jwt")


def fetch(asked: Asked) -> Answer:
    """GET /federation/fetch?sub=."""
    found = marks.subordinate(asked.tx, _anchor(asked), asked.query.first("sub"))
    return _not_found() if found is None else _token(found, "application/entity-statement+jwt")


def listing(asked: Asked) -> Answer:
    """GET /federation/list."""
    _anchor(asked)
    return _json(marks.subordinates(asked.tx))


def trust_mark(asked: Asked) -> Answer:
    """GET /federation/trust-mark?trust_mark_type=&sub=."""
    anchor = _anchor(asked)
    wanted = asked.query.first("trust_mark_type")
    found = marks.mark(asked.tx, anchor, asked.query.first("sub")) if wanted == anchor.mark_type else None
    return _not_found() if found is None else _token(found, "application/trust-mark+jwt")


def trust_marked(asked: Asked) -> Answer:
    """GET /federation/trust-marked?trust_mark_type=[&sub=]. Source: section 8.5."""
    anchor = _anchor(asked)
    if asked.query.first("trust_mark_type") != anchor.mark_type:
        return _not_found()
    all_of_them, one = sorted(marks.members(asked.tx)), asked.query.first("sub")
    return _json([key for key in all_of_them if not one or key == one])


def trust_mark_status(asked: Asked) -> Answer:
    """POST /federation/trust-mark-status."""
    found = marks.status(asked.tx, _anchor(asked), asked.form.first("trust_mark"))
    return _not_found() if found is None else _token(found, "application/trust-mark-status-response+jwt")


def historical_keys(asked: Asked) -> Answer:
    """GET /federation/historical-keys."""
    return _token(marks.historical(_anchor(asked)), "application/jwk-set+jwt")


def _anchor(asked: Asked) -> Anchor:
    """Returns the hub as an anchor. Raises NotFound on a hub without https: identifiers must be https (section 1.2)."""
    settings = asked.hub.settings
    if not settings.secure:
        raise NotFound("federation.https", _("This needs a hub with an https address."))
    return Anchor(settings.url, settings.name, asked.hub.federation)


def _declared_by(asked: Asked, link: Link) -> str | None:
    grant = None if link.declared_by is None else permits.grant_by_entry(asked.tx, link.declared_by)
    return None if grant is None else permits.shown_names(asked.tx, [grant.holder]).get(grant.holder)


def _is_at(address: str, url: str) -> bool:
    """Tells whether an address a stranger typed lies at a channel: the same host, and below it where it is a page.

    What browsers read otherwise than it looks (a backslash, a name before an @, dots that climb) lies nowhere.
    """
    try:
        asked, ours = urlsplit(address if "//" in address else f"https://{address}"), urlsplit(url)
        same = (asked.hostname or "").removeprefix("www.") == (ours.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    steps = asked.path.lower().replace("%2e", ".").replace("%2f", "/").split("/")
    if "\\" in address or "%5c" in address.lower() or "@" in asked.netloc or "." in steps or ".." in steps:
        return False
    base = ours.path.rstrip("/")
    return bool(same and ours.hostname and (asked.path.rstrip("/") == base or asked.path.startswith(base + "/")))


def _host(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"https://{address}").hostname or address
    except ValueError:
        return address


def _group(asked: Asked) -> Group:
    return queries.by_slug(asked.tx, asked.params["group"])


def _read_group(asked: Asked) -> Group:
    with asked.hub.db.read() as tx:
        return queries.by_slug(tx, asked.params["group"])


def _token(text: str, media: str) -> Answer:
    return Answer(body=text.encode("ascii"), media=media, headers={**ANYWHERE, "Cache-Control": "public, max-age=300"})


def _json(told: list[str]) -> Answer:
    return Answer(body=json.dumps(told).encode("ascii"), media="application/json", headers=ANYWHERE)


def _not_found() -> Answer:
    told = {"error": "not_found", "error_description": "The hub knows nothing of this entity or mark."}
    return Answer(404, json.dumps(told).encode("ascii"), "application/json", headers=ANYWHERE)
