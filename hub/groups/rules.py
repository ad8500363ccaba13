"""Rules of groups. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from hub.errors import YES, Verdict, no

JOINING = ("branch", "members", "accept")
AUDIENCES = ("public", "members")
# The kinds of place where a group meets; those below are known by an invite link, and stay with members by default.
LINK_KINDS = (
    "forum", "website", "wiki", "chat", "list", "calendar", "meeting", "facebook", "whatsapp", "signal", "telegram",
)  # fmt: skip
INVITE_KINDS = frozenset({"whatsapp", "signal", "telegram", "chat", "meeting"})
MESSENGERS = ("chat.whatsapp.com", "signal.group", "t.me", "telegram.me", "discord.gg")
# How an address is proved: a DNS TXT record, a file on the site, or links with rel="me" both ways.
METHODS = ("dns", "file", "rel_me")
# Those that prove the whole host; a profile's rel="me" says nothing of the host it lies on.
OF_HOST = ("dns", "file")
# What a role of a group is called in tokens is <slug>-<role>: no group's own slug may read as another group's role.
ROLE_ENDINGS = ("admin", "moderator", "council", "steward", "organiser", "standin", "helper")
PURPOSE_SHORTEST, PURPOSE_LONGEST = 10, 500
MOST_LINKS = 12
MOST_SEATS = 100_000  # of any hub's groups, whatever its operator set: what anybody who replays checks


def default_audience(kind: str) -> str:
    """Returns who sees a link of this kind unless its organiser says otherwise."""
    return "members" if kind in INVITE_KINDS else "public"


def slug_ok(slug: str) -> Verdict:
    """Says whether a group may have a slug: one that ends like a role would pass for another group's office."""
    if slug.rpartition("-")[2] in ROLE_ENDINGS and "-" in slug:
        return no("groups.slug_role", "A group's name may not end in the name of an office. Choose another name.")
    return YES


def may_confirm_link(by: str, declared_by: str, confirmed_before: bool, is_tied: bool = False) -> Verdict:
    """Says whether an organiser may give the second word on a public link: nobody seconds themselves."""
    if confirmed_before:
        return no("groups.link_confirmed", "A second organiser has confirmed this link already.")
    if by == declared_by:
        return no("groups.link_own", "You declared this link. It takes a second organiser.")
    if is_tied:
        return no("acts.own_appointee", "One of you appointed the other lately. It takes another second person.")
    return YES


def purpose_ok(purpose: str) -> Verdict:
    """Says whether a purpose will do: 10 to 500 characters."""
    if PURPOSE_SHORTEST <= len(purpose.strip()) <= PURPOSE_LONGEST and "\x00" not in purpose:
        return YES
    return no("groups.purpose", f"Say what the group is for in {PURPOSE_SHORTEST} to {PURPOSE_LONGEST} characters.")


def seats_ok(seats: int | None, most: int) -> Verdict:
    """Says whether a number of places will do: none given (no limit), or 2 to most."""
    most = min(most, MOST_SEATS)
    if seats is None or 2 <= seats <= most:
        return YES
    return no("groups.seats", f"The number of places must lie between 2 and {most}, or be left empty.")


def link_ok(kind: str, url: str, title: str, audience: str) -> Verdict:
    """Says whether a link will do: a known kind, an https address without a password in it, a short title."""
    if kind not in LINK_KINDS or audience not in AUDIENCES:
        return no("groups.link_kind", "Choose what kind of place this is, and who sees it.")
    try:
        parts = urlsplit(url)
        host, has_user = parts.hostname or "", parts.username is not None
    except ValueError:
        return no("groups.link_address", "Enter an address that starts with https://")
    if parts.scheme != "https" or "." not in host or has_user or len(url) > 500 or not url.isprintable() or " " in url:
        return no("groups.link_address", "Enter an address that starts with https://")
    if not 1 <= len(title.strip()) <= 80 or not title.isprintable():
        return no("groups.link_title", "Give the link a name of 1 to 80 characters.")
    if audience == "public" and (host in MESSENGERS or any(host.endswith("." + name) for name in MESSENGERS)):
        return no(
            "groups.link_invite", "An invite link of a messenger is for members only: whoever has it can walk in."
        )
    return YES
