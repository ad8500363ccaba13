"""Groups by address and in lists, their powers, and drafts."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import sealing
from hub.branches.models import branches
from hub.constitution import queries as constitution
from hub.errors import YES, NotFound, Verdict, no
from hub.groups.models import DRAFT, drafts, groups, memberships
from hub.hiding.concealed import is_hidden
from hub.permits import Actor, Grant, Scope, group_scope
from hub.permits import queries as permits
from hub.permits.permissions import meanings
from hub.permits.predicates import DORMANT

BRIEF = 140  # characters of a purpose on a card
NAME_OF = "name_"  # and a group's id: what is hidden when its name is
_IS_HIDDEN = is_hidden(groups.c.id)
_NAME_HIDDEN = is_hidden(sa.literal(NAME_OF).concat(groups.c.id))
SHOWN_NAME = sa.case((~_NAME_HIDDEN, groups.c.name))
"""A group's name, or nothing while that is hidden."""
_GROUP = sa.select(
    groups,
    branches.c.area,
    branches.c.slug.label("branch_slug"),
    branches.c.name.label("branch_name"),
    *permits.sleep_of(groups.c.id),
    _IS_HIDDEN.label("is_hidden"),
    _NAME_HIDDEN.label("is_name_hidden"),
)
_GROUP = _GROUP.join_from(groups, branches, branches.c.id == groups.c.branch)
_BY_ID = _GROUP.where(groups.c.id == sa.bindparam("group"))
_BY_SLUG = _GROUP.where(groups.c.slug == sa.bindparam("slug"), groups.c.ended_entry.is_(None))
_BY_ACT = _GROUP.where(groups.c.act == sa.bindparam("act"))
_PURPOSE = sa.case((~_IS_HIDDEN, groups.c.purpose))
_CARD = sa.select(
    groups.c.id, groups.c.slug, SHOWN_NAME, _PURPOSE, groups.c.joining, branches.c.slug, branches.c.name
).join_from(groups, branches, branches.c.id == groups.c.branch)
_CARDS = _CARD.where(groups.c.id.in_(sa.bindparam("wanted", expanding=True)))
_LIST = (
    _CARD.where(
        groups.c.ended_entry.is_(None),
        groups.c.closed_entry.is_(None),
        groups.c.registered_entry.is_not(None),
        groups.c.slug > sa.bindparam("after"),
    )
    .order_by(groups.c.slug)
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True)
class Group:
    """A group, proposed or registered. name and purpose are None where the words were withdrawn.

    is_hidden: whether its purpose is hidden now; purpose is None while it is, and name while that is. told_entry: the
    entry that tells both.
    dormant_entry: the entry that says that nobody belongs to it now; revived_at: since when somebody does again;
    closed_entry: the entry by which its members closed it; merged_into: the group in which it goes on, if in any.
    """

    id: str
    slug: str
    branch: str
    branch_slug: str
    branch_name: str | None
    area: str
    name: str | None
    purpose: str | None
    joining: str
    seats: int | None
    act: str
    proposed_entry: int
    proposed_at: dt.datetime
    registered_entry: int | None
    registered_at: dt.datetime | None
    ended_entry: int | None
    is_hidden: bool = False
    dormant_entry: int | None = None
    revived_at: dt.datetime | None = None
    closed_entry: int | None = None
    told_entry: int = 0
    merged_into: str | None = None

    @property
    def scope(self) -> Scope:
        """Where its powers hold; its rights too, for members of the branch's area."""
        return group_scope(self.id, self.branch, self.area)

    @property
    def brief(self) -> str:
        """The purpose's beginning."""
        return brief(self.purpose)

    @property
    def is_registered(self) -> bool:
        """Tells whether its founding act came to its effect."""
        return self.registered_entry is not None

    @property
    def is_dormant(self) -> bool:
        """Tells whether nobody belongs to it now."""
        return self.dormant_entry is not None

    @property
    def is_closed(self) -> bool:
        """Tells whether its members closed it."""
        return self.closed_entry is not None


class Card(NamedTuple):
    """What a list shows of a group: fifty of them are read in one look."""

    id: str
    slug: str
    name: str | None
    purpose: str | None
    joining: str
    branch_slug: str
    branch_name: str | None

    @property
    def brief(self) -> str:
        """The purpose's beginning."""
        return brief(self.purpose)


@dataclass(frozen=True)
class Power:
    """Who holds what: a line of a power page. shown: None where the words were withdrawn.

    rests_until: until when a measure rests it, and rests_by: which one, by its act; None where none does.
    """

    grant: Grant
    shown: str | None
    role_name: str
    can: tuple[str, ...]
    rests_until: dt.datetime | None = None
    rests_by: str | None = None


def brief(text: str | None) -> str:
    """Returns a text's beginning, as far as a card has room, cut between words."""
    if text is None or len(text) <= BRIEF:
        return text or ""
    return f"{text[:BRIEF].rpartition(' ')[0] or text[:BRIEF]}…"


def by_slug(tx: Connection, slug: str) -> Group:
    """Returns the group at an address, proposed or registered. Raises NotFound."""
    return _one(tx.execute(_BY_SLUG, {"slug": slug}).first())


def get(tx: Connection, group: str) -> Group:
    """Returns a group by its id, also one whose founding came to nothing. Raises NotFound."""
    return _one(tx.execute(_BY_ID, {"group": group}).first())


def find(tx: Connection, group: str) -> Group | None:
    """Returns a group by its id, or None."""
    row = tx.execute(_BY_ID, {"group": group}).first()
    return None if row is None else _group(row)


def of_act(tx: Connection, act: str) -> Group:
    """Returns the group that an act founds. Raises NotFound."""
    return _one(tx.execute(_BY_ACT, {"act": act}).first())


def listing(tx: Connection, *, after: str = "", limit: int = 50) -> list[Card]:
    """Returns registered groups by address, from behind a slug: every page costs the same. limit: 1 to 100."""
    rows = tx.execute(_LIST, {"after": after, "most": max(1, min(limit, 100))})
    return [Card(*row) for row in rows]


def of_branch(tx: Connection, branch: str, *, registered: bool = True) -> list[Group]:
    """Returns a branch's groups by address: the registered ones, or those still proposed."""
    done = groups.c.registered_entry.is_not(None)
    live = _GROUP.where(groups.c.branch == branch, groups.c.ended_entry.is_(None), groups.c.closed_entry.is_(None))
    live = live.where(done if registered else ~done)
    return [_group(row) for row in tx.execute(live.order_by(groups.c.slug))]


def cards(tx: Connection, wanted: list[str]) -> dict[str, Card]:
    """Returns what a list shows of groups, by id."""
    return {row[0]: Card(*row) for row in tx.execute(_CARDS, {"wanted": wanted})}


def groups_of(tx: Connection, viewer: Actor) -> list[Group]:
    """Returns the groups the viewer belongs to, by address."""
    if viewer.person is None:
        return []
    mine = sa.select(memberships.c.group).where(memberships.c.person == viewer.person, memberships.c.until_at.is_(None))
    return [_group(row) for row in tx.execute(_GROUP.where(groups.c.id.in_(mine)).order_by(groups.c.slug))]


def takes_acts(tx: Connection, group: Group) -> Verdict:
    """Says whether a group takes acts: it is registered, and somebody belongs to it, and holds a mandate or takes care.

    A measure that rests their offices changes nothing of it: whoever may join, may.
    """
    if not group.is_registered:
        return no("groups.not_registered", "This group is still being founded.")
    if group.is_closed:
        return no("groups.closed", "The members of this group closed it. What it published stays readable here.")
    if group.is_dormant:
        return DORMANT
    if any(grant.is_mandate or grant.source == "caretaker" for grant in permits.standing_grants(tx, scope=group.scope)):
        return YES
    return no(
        "groups.no_mandate",
        "Nobody holds a mandate here any more. The group stays readable, and takes no acts until there is an election.",
    )


def may_be_joined(tx: Connection, group: Group) -> Verdict:
    """Says whether somebody may join: where it takes acts, and where everybody had left and nobody is elected yet."""
    return YES if is_left_alone(tx, group) else takes_acts(tx, group)


def is_left_alone(tx: Connection, group: Group) -> bool:
    """Tells whether everybody had left a group, and nobody holds office in it yet who could accept anybody."""
    return not group.is_closed and (group.is_dormant or _waits_for_organisers(tx, group))


def _waits_for_organisers(tx: Connection, group: Group) -> bool:
    return group.revived_at is not None and not takes_acts(tx, group)


def powers(tx: Connection, scope: Scope) -> list[Power]:
    """Returns who holds what in a scope now, the oldest first, with what each role can do there in words.

    An office that a measure rests is held, too: until when it rests, and by which act, stands beside it.
    """
    held = permits.standing_grants(tx, scope=scope)
    names = permits.shown_names(tx, {grant.holder for grant in held})
    rests = permits.rests(tx, held)
    rules, _ = constitution.in_force(tx)
    return [
        Power(
            grant,
            names.get(grant.holder),
            rules.roles[grant.role].name if grant.role in rules.roles else grant.role,
            meanings(grant.permissions, scope.kind),
            *rests.get(grant.id, (None, None)),
        )
        for grant in held
    ]


def slug_is_taken(tx: Connection, slug: str) -> bool:
    """Tells whether a group that has not ended has an address."""
    return find_slug(tx, slug) is not None


def find_slug(tx: Connection, slug: str) -> Group | None:
    """Returns the group at an address, or None."""
    row = tx.execute(_BY_SLUG, {"slug": slug}).first()
    return None if row is None else _group(row)


def draft(tx: Connection, *, person: str, branch: str) -> dict[str, Any]:
    """Returns what a member has filled in so far to register a group of a branch."""
    mine = sa.select(drafts.c.fields).where(drafts.c.person == person, drafts.c.branch == branch)
    found: dict[str, Any] = json.loads(sealing.read(tx, person, DRAFT, tx.scalar(mine)) or "{}")
    return found


def _one(row: Row[Any] | None) -> Group:
    if row is None:
        raise NotFound
    return _group(row)


def _group(row: Row[Any]) -> Group:
    return Group(
        row.id, row.slug, row.branch, row.branch_slug, row.branch_name, row.area,
        None if row.is_name_hidden else row.name,
        None if row.is_hidden else row.purpose, row.joining, row.seats, row.act, row.proposed_entry,
        row.proposed_at, row.registered_entry, row.registered_at, row.ended_entry, bool(row.is_hidden),
        row.dormant_entry, row.revived_at, row.closed_entry, row.told_entry, row.merged_into,
    )  # fmt: skip
