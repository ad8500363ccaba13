"""What the record says of groups. Nothing here says who belongs to one."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, BranchId, Count, Day, GrantId, GroupId, HolderId, LinkId, Minute, Slug, Word


@record("group.proposed", openings=("name", "purpose"))
@dataclass(frozen=True)
class GroupProposed:
    """A member proposes a group of the branch, and is its first founder. joining: branch, members or accept."""

    group: GroupId
    act: ActId
    branch: BranchId
    slug: Slug
    joining: Word
    seats: Count | None
    holder: HolderId


@record("group.cofounded")
@dataclass(frozen=True)
class GroupCofounded:
    """Another member of the branch joins in as founder."""

    act: ActId
    holder: HolderId


@record("group.confirmed")
@dataclass(frozen=True)
class GroupConfirmed:
    """An organiser of the branch finds name and boundary in order."""

    act: ActId


@record("group.objected", openings=("reason",))
@dataclass(frozen=True)
class GroupObjected:
    """An organiser of the branch objects, with a reason."""

    act: ActId


@record("group.registered")
@dataclass(frozen=True)
class GroupRegistered:
    """The group begins: the effect of its founding act."""

    group: GroupId
    act: ActId
    step: Count
    due: Minute


@record("group.dormant")
@dataclass(frozen=True)
class GroupDormant:
    """Nobody belongs to a group any more: nobody has power in it. Rests on the hub's word, and tells no number."""

    group: GroupId


@record("group.revived")
@dataclass(frozen=True)
class GroupRevived:
    """Somebody belongs to a group again: its organisers are elected anew. Who it is, no entry says."""

    group: GroupId


@record("closure.proposed", openings=("reason",))
@dataclass(frozen=True)
class ClosureProposed:
    """An organiser proposes, with a reason, that the group closes, and signs it. Its members decide."""

    act: ActId
    group: GroupId


@record("closure.confirmed")
@dataclass(frozen=True)
class ClosureConfirmed:
    """Another organiser signs that members are asked whether their group closes."""

    act: ActId


@record("closure.objected", openings=("reason",))
@dataclass(frozen=True)
class ClosureObjected:
    """An organiser objects to asking members whether their group closes, with a reason."""

    act: ActId


@record("group.closed")
@dataclass(frozen=True)
class GroupClosed:
    """A group is closed for good: its members voted for it."""

    group: GroupId
    act: ActId
    step: Count
    due: Minute


@record("merger.proposed", openings=("reason",))
@dataclass(frozen=True)
class MergerProposed:
    """An organiser proposes, with a reason, that the group merges into another, and signs it. Members decide.

    answers: the other group's act; there it is proposed to take that group in.
    """

    act: ActId
    group: GroupId
    into: GroupId
    answers: ActId | None = None


@record("merger.confirmed")
@dataclass(frozen=True)
class MergerConfirmed:
    """Another organiser signs that members are asked whether their groups merge."""

    act: ActId


@record("merger.objected", openings=("reason",))
@dataclass(frozen=True)
class MergerObjected:
    """An organiser objects to asking members whether their groups merge, with a reason."""

    act: ActId


@record("group.merged")
@dataclass(frozen=True)
class GroupMerged:
    """A group ended in another for good: the members of both voted for it. act: the one decided second."""

    group: GroupId
    into: GroupId
    act: ActId
    step: Count
    due: Minute


@record("settings.proposed")
@dataclass(frozen=True)
class SettingsProposed:
    """An organiser proposes, and signs, who may join a group and how many places it has."""

    act: ActId
    group: GroupId
    joining: Word
    seats: Count | None


@record("naming.proposed", openings=("name", "purpose"))
@dataclass(frozen=True)
class NamingProposed:
    """An organiser proposes, and signs, another name and purpose of a group. Its address stays."""

    act: ActId
    group: GroupId


@record("settings.confirmed")
@dataclass(frozen=True)
class SettingsConfirmed:
    """Another organiser signs a change of settings."""

    act: ActId


@record("settings.objected", openings=("reason",))
@dataclass(frozen=True)
class SettingsObjected:
    """An organiser objects to a change of settings, with a reason."""

    act: ActId


@record("group.changed")
@dataclass(frozen=True)
class GroupChanged:
    """A group has other settings: the effect of an act that no ballot of its members stopped."""

    group: GroupId
    act: ActId
    step: Count
    due: Minute
    joining: Word
    seats: Count | None


@record("link.declared", openings=("url", "title"))
@dataclass(frozen=True)
class LinkDeclared:
    """Organisers say in public where the group meets. kind: forum, wiki, website and so on.

    act: the announcement that this opens; none for what founders planned, which is there from the beginning.
    """

    group: GroupId
    link: LinkId
    kind: Word
    act: ActId | None = None


@record("link.shown")
@dataclass(frozen=True)
class LinkShown:
    """An announced link is the group's from now on: nobody put it to a ballot, or the ballot said yes."""

    link: LinkId
    act: ActId
    step: Count
    due: Minute


@record("link.withdrawn")
@dataclass(frozen=True)
class LinkWithdrawn:
    """A public link is taken down."""

    link: LinkId


@record("link.confirmed")
@dataclass(frozen=True)
class LinkConfirmed:
    """A second organiser says that a public link is the group's own: it is *declared*, and proved by nothing."""

    link: LinkId


@record("link.proved")
@dataclass(frozen=True)
class LinkProved:
    """The hub saw the proof at the address itself. method: dns, file or rel_me. Rests on the hub's word."""

    link: LinkId
    method: Word
    day: Day


@record("link.lapsed")
@dataclass(frozen=True)
class LinkLapsed:
    """Two looks 72 hours apart did not find the proof any more. Rests on the hub's word."""

    link: LinkId
    day: Day


@record("office.offered")
@dataclass(frozen=True)
class OfficeOffered:
    """An organiser opens the appointment of a moderator; who it is for, only the one-use link knows.

    group, branch: where; one of the two, or neither for an office of the hub, which two of the council fill.
    """

    act: ActId
    group: GroupId | None
    role: Word
    branch: BranchId | None = None


@record("office.accepted")
@dataclass(frozen=True)
class OfficeAccepted:
    """The member who holds the link accepts."""

    act: ActId
    holder: HolderId


@record("standin.offered")
@dataclass(frozen=True)
class StandinOffered:
    """An organiser lends their office for some days; to whom, only the one-use link knows. days: how many at most."""

    act: ActId
    group: GroupId
    days: Count


@record("standin.accepted")
@dataclass(frozen=True)
class StandinAccepted:
    """The member who holds the link accepts to stand in."""

    act: ActId
    holder: HolderId


@record("offer.withdrawn")
@dataclass(frozen=True)
class OfferWithdrawn:
    """Whoever invited somebody to an office, or to stand in, takes that back before anybody accepted it."""

    act: ActId


@record("office.challenged")
@dataclass(frozen=True)
class OfficeChallenged:
    """An organiser opens the withdrawal of a moderator, and signs it. group, branch: as of an appointment."""

    act: ActId
    group: GroupId | None
    grant: GrantId
    branch: BranchId | None = None


@record("office.confirmed")
@dataclass(frozen=True)
class OfficeConfirmed:
    """An organiser signs an appointment or a withdrawal."""

    act: ActId


@record("office.objected", openings=("reason",))
@dataclass(frozen=True)
class OfficeObjected:
    """An organiser objects to an appointment or a withdrawal, with a reason."""

    act: ActId
