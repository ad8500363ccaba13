"""Who looked at my record, and whom I ask about it; the key by which I let an organiser look; what they see by it."""

from __future__ import annotations

from dataclasses import dataclass

from hub import audit, looks
from hub.branches import queries as branches
from hub.branches.queries import Branch
from hub.constitution import queries as constitution
from hub.errors import NotFound, RuleViolation
from hub.looks import Look
from hub.permits import Grant, Scope
from hub.permits import queries as permits
from hub.web import look_counts, me
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _

WHY = {
    "request": _("You asked to join there"),
    "roll": _("You may vote in a ballot there, and its roll was checked"),
    "count": _("You were on the roll of a ballot there, and its count was checked"),
    "asked": _("You gave them your key"),
    "complaint": _("You complained, and they were drawn by lot to say whether it becomes a case"),
    "case": _("You are a side in a case, and they were drawn by lot for it"),
}
HAPPENED = {
    "account.closed": _("Your account was closed"),
    "account.closing": _("You asked for your account to be closed"),
    "account.kept": _("You kept your account"),
    "account.locked": _("Your account was locked"),
    "contact.unverified": _("The address on the list was not trusted any more"),
    "files.read": _("Somebody opened a file that you sent"),
    "members.vouched": _("You vouched for somebody"),
    "memberships.accepted": _("You were accepted into a group"),
    "memberships.declined": _("You were declined by a group"),
    "office.claimed": _("You claimed an office of before this hub"),
    "recovery.begun": _("A recovery of your account began"),
    "recovery.done": _("Your account was recovered"),
    "ballots.roll_seen": _("Scrutineers looked at the roll of a ballot of yours"),
    "roster.expelled": _("The list called you expelled"),
    "roster.suspended": _("The list called you suspended"),
    "standing.ended": _("Your membership ended here"),
    "standing.ending": _("The list says that your membership ends"),
    "standing.held": _("What the list says of you waits"),
    "standing.moved": _("The list moved you to another area"),
    "standing.proved": _("You proved that you are a member"),
    "standing.taken_back": _("The list took back what it said of you"),
}
"""What a note of the private trail says of; one that is missing here is shown by its own word."""
FIELDS = {
    "nickname": _("your nickname"),
    "shown": _("how you are shown"),
    "area": _("your area"),
    "since": _("since when you are a member"),
    "voted": _("whether you voted"),
}


@dataclass(frozen=True)
class Seen:
    """A look as its page has it. office, place, path: role and place; name: of who held it, as the record has it."""

    look: Look
    office: str
    place: str
    path: str
    name: str | None
    why: str
    fields: tuple[str, ...]


def show(asked: Asked) -> Answer:
    """GET /me/looks: who looked, in which office, at what, and why; and what happened to the record."""
    person = me.person_of(asked)
    found = looks.looks_at(asked.tx, person, most=1000)
    return page(
        asked,
        "me/looks.html",
        looks=_told(asked, found),
        notes=audit.notes_about(asked.tx, person),
        happened=HAPPENED,
        key=looks.key_of(asked.tx, person),
        branch=_branch(asked),
    )


def give_key(asked: Asked) -> Answer:
    """POST /me/looks/key: shows a new key, this once."""
    branch = _branch(asked)
    if branch is None:
        raise RuleViolation("looks.no_branch", "Your area has no branch yet, so there is nobody to give a key to.")
    key = looks.give_key(asked.tx, actor=asked.actor, scope=branch.scope)
    return page(asked, "me/look_key.html", key=key, branch=branch)


def take_key_back(asked: Asked) -> Answer:
    """POST /me/looks/key/withdrawal."""
    looks.take_key_back(asked.tx, actor=asked.actor)
    return see_other("/me/looks", _("The key opens nothing any more."))


def ask(asked: Asked) -> Answer:
    """GET /looks: an organiser says why they need a record, and types the key that its member gave them."""
    may = bool(looks.offices_that_look(asked.actor))
    return page(asked, "looks/ask.html", may=may, months=look_counts.months(asked))


def open_one(asked: Asked) -> Answer:
    """POST /looks: the fields of whoever gave the key; its member reads that they were seen."""
    read = Reader(asked.form)
    read.choice("purpose", ("asked",), missing=_("Select why you need it"))
    key = read.text("key", missing=_("Enter the key that the member gave you"), most=64)
    read.done()
    fields = looks.open_by_key(asked.tx, actor=asked.actor, key=key)
    area = branches.area(asked.tx, fields["area"]) if fields["area"] else None
    return page(asked, "looks/one.html", fields=fields, area=area)


def question(asked: Asked) -> Answer:
    """GET /me/looks/{look}: one look, whom to ask about it, and in which words. Another's is absent."""
    number = asked.params["look"]
    found = looks.look_at(asked.tx, me.person_of(asked), int(number)) if _is_number(number) else None
    if found is None:
        raise NotFound
    return page(asked, "me/look.html", seen=_told(asked, [found])[0], grant=_grant_of(asked, found))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19  # as many digits as the store takes


def _grant_of(asked: Asked, look: Look) -> Grant | None:
    """Returns the office by which somebody looked, where its members can still end it."""
    held = permits.carried_by(asked.tx, look.holder)
    mine = [grant for grant in held if (grant.role, grant.scope.id) == (look.role, look.scope_id)]
    return next((grant for grant in mine if grant.can_be_recalled), None)


def _told(asked: Asked, found: list[Look]) -> list[Seen]:
    names = permits.shown_names(asked.tx, {look.holder for look in found})
    rules, _entry = constitution.in_force(asked.tx)
    return [
        Seen(
            look,
            rules.roles[look.role].name if look.role in rules.roles else look.role,
            *_place(asked, look),
            names.get(look.holder),
            WHY[look.purpose],
            tuple(FIELDS[name] for name in look.fields),
        )
        for look in found
    ]


def _place(asked: Asked, look: Look) -> tuple[str, str]:
    return me.place_of(asked, Scope(look.scope_kind, look.scope_id))


def _branch(asked: Asked) -> Branch | None:
    standing = asked.actor.standing
    return branches.of_area(asked.tx, standing.area) if standing and standing.area else None
