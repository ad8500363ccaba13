"""Who is asking, as a plain value: standing, live grants and how fresh the code is. Detached from any database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hub.permits.scope import Scope, ScopeKind

MANDATES = ("founding", "election", "lot")
DERIVED = ("appointment", "delegation", "caretaker", "consent")
# Roles drawn by lot for one act: their power holds in that act alone, whatever else goes on in the same place.
FOR_ONE_ACT = ("scrutineer", "panellist", "duty", "juror")


@dataclass(frozen=True)
class Standing:
    """Verified member of an area (None: of none yet), since a day, until a moment or until further notice."""

    area: str | None
    since: dt.date
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Grant:
    """A role for a holder in a scope. entry: its index in the record, and so the warrant of what rests on it.

    pauses: from and until of each measure that rests it; sleeps: of each time in which nobody belonged to its place.
    tenure_days: how long it is held before it does what takes tenure; held_since: since when the holder has had this
    role here without a gap, as far as that was loaded. lender, stands_for: of a stand-in's, the grant that it was lent
    from, and whose that is; until, ending, pauses and permissions are then what that grant leaves of its own.
    """

    id: str
    entry: int
    holder: str
    role: str
    scope: Scope
    source: str
    act: str | None
    starts: dt.datetime
    until: dt.datetime
    permissions: frozenset[str]
    reach: str = "here"
    ended_at: dt.datetime | None = None
    ended_why: str | None = None
    pauses: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    sleeps: tuple[tuple[dt.datetime, dt.datetime | None], ...] = ()
    tenure_days: int = 0
    held_since: dt.datetime | None = None
    lender: str | None = None
    stands_for: str | None = None

    @property
    def counts_as(self) -> str:
        """The holder as whom it counts, wherever two persons are needed: a stand-in's is that of who lent it."""
        return self.stands_for or self.holder

    @property
    def can_be_recalled(self) -> bool:
        """Tells whether members end it by a ballot: a mandate, or what they consented to by one."""
        return self.is_mandate or self.source == "consent"

    @property
    def is_mandate(self) -> bool:
        """Founding, election and lot are mandates; the rest is derived, and ends nobody's grant."""
        return self.source in MANDATES

    def holds_in(self, act: str | None) -> bool:
        """Tells whether it gives its power in an act; one drawn for one act does so in that act alone."""
        return self.role not in FOR_ONE_ACT or self.act == act


@dataclass(frozen=True)
class Freeze:
    """A power that one organiser stopped in one place, until a moment at most."""

    permission: str
    kind: ScopeKind
    scope: str
    until: dt.datetime

    def stops(self, permission: str, scope: Scope, at: dt.datetime) -> bool:
        """Tells whether it stops a power in a scope at a moment."""
        return (self.permission, self.kind, self.scope) == (permission, scope.kind, scope.id) and at < self.until


@dataclass(frozen=True)
class Actor:
    """Who asks. person is private; holder is the only name of a person in the record, and None before any office.

    freezes: every one that holds anywhere, where they hold an office. suspended_until, limited_until: until when the
    decision of a case keeps them from offices, and from publishing words of their own. resting: grants that give no
    power now, as whoever lent them uses no office. is_claimant: whether they are here by a claim of an office alone, as
    on a fork before any roster: nobody's list names them yet.
    """

    person: str | None = None
    nickname: str | None = None
    shown: str | None = None
    holder: str | None = None
    standing: Standing | None = None
    grants: tuple[Grant, ...] = ()
    proven_at: dt.datetime | None = None
    session: str | None = None
    kind: str = "code"
    passkey_at: dt.datetime | None = None
    proved_by: str | None = None
    rests_until: dt.datetime | None = None
    office_hours: int = 12
    freezes: tuple[Freeze, ...] = ()
    suspended_until: dt.datetime | None = None
    limited_until: dt.datetime | None = None
    resting: frozenset[str] = frozenset()
    is_claimant: bool = False

    @property
    def is_visitor(self) -> bool:
        """Tells whether nobody is signed in."""
        return self.person is None


VISITOR = Actor()
