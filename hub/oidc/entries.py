"""What the record says of relying parties. Their address stands in the link's own words."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, ClientId, Count, GroupId, LinkId, Minute, Word, Yes


@record("client.proposed")
@dataclass(frozen=True)
class ClientProposed:
    """An organiser wants a proved site of the group to sign members in, and signs first.

    tool: the recipe's name. tells: of which groups the site learns: group, branch or hub. pkce: false is the recorded
    exception for a tool that cannot do it, and keeps a secret.
    """

    client: ClientId
    act: ActId
    group: GroupId
    link: LinkId
    tool: Word
    tells: Word
    pkce: Yes


@record("client.confirmed")
@dataclass(frozen=True)
class ClientConfirmed:
    """A second organiser signs."""

    act: ActId


@record("client.objected", openings=("reason",))
@dataclass(frozen=True)
class ClientObjected:
    """An organiser objects, with a reason."""

    act: ActId


@record("client.registered")
@dataclass(frozen=True)
class ClientRegistered:
    """The site may sign members in: the effect of its act."""

    client: ClientId
    act: ActId
    step: Count
    due: Minute


@record("client.stopped", openings=("reason",))
@dataclass(frozen=True)
class ClientStopped:
    """One organiser, or one of the council, stops a site at once, with a reason; to start again takes two, anew."""

    client: ClientId


@record("addresses.refused", openings=("reason",))
@dataclass(frozen=True)
class AddressesRefused:
    """One organiser objects, with a reason, to addresses that a site named for itself: they do not begin.

    Which they were is in no entry; that some waited rests on the hub's word.
    """

    client: ClientId
