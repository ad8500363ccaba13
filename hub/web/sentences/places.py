"""Sentences about areas, branches and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.ledger import Entry
from hub.web.sentences import Names, sentence
from hub.web.texts import _

METHODS = {"dns": _("by its domain name"), "file": _("by a file on it"), "rel_me": _("by links both ways")}


@sentence("area.declared")
def area_declared(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An area."""
    many = len(data["districts"])
    return _("The area %(area)s was declared: %(many)d postcode districts.") % {"area": data["names"][0], "many": many}


@sentence("area.agreed")
def area_agreed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A branch agrees to another boundary."""
    return _("An organiser of the branch “%(branch)s” agreed that its area has these %(many)d postcode districts.") % {
        "branch": names.branch(data["branch"]), "many": len(data["districts"]),
    }  # fmt: skip


@sentence("branch.proposed")
def branch_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A branch begins to be founded."""
    return _("%(who)s proposed the branch “%(branch)s”.") % {
        "who": names.holder(data["holder"]), "branch": names.branch(data["branch"]),
    }  # fmt: skip


@sentence("branch.cofounded")
def branch_cofounded(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A founder joins."""
    return _("%(who)s joined in founding the branch “%(branch)s”.") % {
        "who": names.holder(data["holder"]), "branch": names.act(data["act"]),
    }  # fmt: skip


@sentence("branch.confirmed")
def branch_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A council member's yes."""
    return _("%(who)s confirmed name and boundary of the branch “%(branch)s”.") % {
        "who": names.warrant(entry), "branch": names.act(data["act"]),
    }  # fmt: skip


@sentence("branch.objected")
def branch_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A council member's no."""
    return _("%(who)s objected to the branch “%(branch)s”, with a reason.") % {
        "who": names.warrant(entry), "branch": names.act(data["act"]),
    }  # fmt: skip


@sentence("branch.registered")
def branch_registered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A branch exists."""
    return _("The branch “%s” was registered.") % names.branch(data["branch"])


@sentence("branch.dormant")
def branch_dormant(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Nobody is left."""
    return _("Nobody belongs to the branch “%s” any more: nobody has power in it.") % names.branch(data["branch"])


@sentence("branch.revived")
def branch_revived(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Somebody came back."""
    return _("Somebody belongs to the branch “%s” again: its organisers are elected anew.") % names.branch(
        data["branch"]
    )


@sentence("appeal.opened")
def appeal_opened(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A refusal can be appealed."""
    return _("“%s” was refused. Its founders can have a panel drawn by lot judge that.") % names.act(data["act"])


@sentence("appeal.sent")
def appeal_sent(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A founder asks for a panel."""
    return _("%(who)s sent the refusal of “%(place)s” to a panel, with a reason.") % {
        "who": names.holder(data["holder"]), "place": names.act(data["act"]),
    }  # fmt: skip


@sentence("appeal.upheld")
def appeal_upheld(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A panellist's yes."""
    return _("%(who)s, of the panel, found that “%(place)s” should begin.") % {
        "who": names.warrant(entry), "place": names.act(data["act"]),
    }  # fmt: skip


@sentence("appeal.dismissed")
def appeal_dismissed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A panellist's no."""
    return _("%(who)s, of the panel, found that “%(place)s” was refused rightly, with a reason.") % {
        "who": names.warrant(entry), "place": names.act(data["act"]),
    }  # fmt: skip


@sentence("group.proposed")
def group_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A group begins to be founded."""
    return _("%(who)s proposed the group “%(group)s” in %(branch)s.") % {
        "who": names.holder(data["holder"]),
        "group": names.group(data["group"]),
        "branch": names.branch(data["branch"]),
    }


@sentence("group.cofounded")
def group_cofounded(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A founder joins."""
    return _("%(who)s joined in founding the group “%(group)s”.") % {
        "who": names.holder(data["holder"]), "group": names.act(data["act"]),
    }  # fmt: skip


@sentence("group.confirmed")
def group_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A branch organiser's yes."""
    return _("%(who)s confirmed name and boundary of the group “%(group)s”.") % {
        "who": names.warrant(entry), "group": names.act(data["act"]),
    }  # fmt: skip


@sentence("group.objected")
def group_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A branch organiser's no."""
    return _("%(who)s objected to the group “%(group)s”, with a reason.") % {
        "who": names.warrant(entry), "group": names.act(data["act"]),
    }  # fmt: skip


@sentence("group.registered")
def group_registered(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A group exists."""
    return _("The group “%s” was registered.") % names.group(data["group"])


@sentence("group.dormant")
def group_dormant(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Nobody is left."""
    return _("Nobody belongs to the group “%s” any more: nobody has power in it.") % names.group(data["group"])


@sentence("group.revived")
def group_revived(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Somebody came back."""
    return _("Somebody belongs to the group “%s” again: its organisers are elected anew.") % names.group(data["group"])


@sentence("closure.proposed")
def closure_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An end is proposed."""
    return _("%(who)s proposed, with a reason, that the group “%(group)s” closes, and signed it.") % {
        "who": names.warrant(entry), "group": names.group(data["group"]),
    }  # fmt: skip


@sentence("closure.confirmed")
def closure_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A second organiser's yes."""
    return _("%(who)s signed that the members of “%(group)s” are asked whether it closes.") % {
        "who": names.warrant(entry), "group": names.act(data["act"]),
    }  # fmt: skip


@sentence("closure.objected")
def closure_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An organiser's no."""
    return _("%(who)s objected, with a reason, to asking the members of “%(group)s” whether it closes.") % {
        "who": names.warrant(entry), "group": names.act(data["act"]),
    }  # fmt: skip


@sentence("group.closed")
def group_closed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Members closed their group."""
    return _("The members of the group “%s” voted to close it: it is closed.") % names.group(data["group"])


@sentence("merger.proposed")
def merger_proposed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Two groups would become one."""
    told = _("%(who)s proposed, with a reason, that the group “%(group)s” merges into “%(into)s”, and signed it.")
    if data.get("answers"):
        told = _("%(who)s proposed, with a reason, that the group “%(into)s” takes another in, and signed it.")
    return told % {
        "who": names.warrant(entry), "group": names.group(data["group"]), "into": names.group(data["into"]),
    }  # fmt: skip


@sentence("merger.confirmed")
def merger_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A second organiser's yes."""
    return _("%(who)s signed: %(asks)s.") % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("merger.objected")
def merger_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An organiser's no."""
    told = _("%(who)s objected, with a reason, to this: %(asks)s.")
    return told % {"who": names.warrant(entry), "asks": names.asks(data["act"])}


@sentence("group.merged")
def group_merged(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Members merged their groups."""
    return _("The members of both voted for it: the group “%(group)s” ended, and goes on in “%(into)s”.") % {
        "group": names.group(data["group"]), "into": names.group(data["into"]),
    }  # fmt: skip


@sentence("link.declared")
def link_declared(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Where a group meets."""
    if entry.by is None:
        return _("The founders of the group “%s” said in public where it meets.") % names.group(data["group"])
    return _("%(who)s announced in public where the group “%(group)s” meets.") % {
        "who": names.warrant(entry), "group": names.group(data["group"]),
    }  # fmt: skip


@sentence("link.shown")
def link_shown(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An announced link is the group's."""
    return _("An announced link of the group “%s” is shown from now on: nobody stopped it.") % names.link(data["link"])


@sentence("link.confirmed")
def link_confirmed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A second organiser's word."""
    return _("%(who)s confirmed, as the second organiser, a public link of “%(group)s”.") % {
        "who": names.warrant(entry), "group": names.link(data["link"]),
    }  # fmt: skip


@sentence("link.proved")
def link_proved(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An address is the group's own."""
    return _("The hub saw the proof that a public link of “%(group)s” is its own (%(how)s).") % {
        "group": names.link(data["link"]), "how": METHODS.get(data["method"], data["method"]),
    }  # fmt: skip


@sentence("link.lapsed")
def link_lapsed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The proof is gone."""
    return _("The proof that a public link of “%s” is its own was gone at two looks, three days apart.") % names.link(
        data["link"]
    )


@sentence("link.withdrawn")
def link_withdrawn(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A link is taken down."""
    return _("%s took a public link down.") % names.warrant(entry)
