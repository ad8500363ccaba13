"""Sentences about the hub itself, its rules, its software, and the matcher's counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.charter.text import parse_charter
from hub.ledger import Entry
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.hashes import Spoilt
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _


@sentence("hub.founded")
def hub_founded(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The first entry."""
    return _("This hub was founded. Its record is signed under the name %s.") % str(data["origin"])


@sentence("hub.forked")
def hub_forked(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An heir."""
    return _("This hub carries on from %(origin)s after %(size)d entries, under the name %(name)s.") % {
        "origin": data["continues_origin"], "size": data["continues_size"], "name": data["origin"],
    }  # fmt: skip


@sentence("constitution.adopted")
def constitution_adopted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The rules."""
    return _("Version %d of the rules came into force.") % int(data["version"])


@sentence("charter.adopted")
def charter_adopted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Who can move the hub."""
    left = _left(str(data["note"])) if data["version"] == 1 else None
    if left is not None:
        return _(
            "Charter 1 of this hub’s own came into force: it carries on from %(origin)s at entry %(size)d without the "
            "trustees of that hub. Its own trustees signed who signs and witnesses this record."
        ) % {"origin": left.origin, "size": left.size}
    return _("Charter %d came into force: its trustees signed who signs and witnesses this record.") % int(
        data["version"]
    )


@sentence("receipts.counted")
def receipts_counted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """How many receipts a day had, in tens."""
    if data["issued"] == 0:
        return _("On %s fewer than ten membership receipts were issued, or none.") % str(data["day"])
    return _("On %(day)s at least %(many)d membership receipts were issued, and fewer than %(most)d.") % {
        "day": data["day"], "many": data["issued"], "most": data["issued"] + 10,
    }  # fmt: skip


def _left(note: str) -> Checkpoint | None:
    """Returns which history a charter continues without its trustees, where it says so."""
    try:
        return parse_charter(note.partition("\n\n")[0] + "\n").continues
    except Spoilt:
        return None


@sentence("software.deployed")
def software_deployed(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """What runs."""
    return _("Release %s of the software was put into service; its source can be downloaded here.") % str(
        data["release"]
    )


@sentence("matcher.counted")
def matcher_counted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The matcher's work of a day."""
    return _("On %(day)s the matcher compared %(many)d handshakes and sent at least %(sent)d codes.") % {
        "day": data["day"], "many": data["evaluations"], "sent": data["sent"],
    }  # fmt: skip


@sentence("roster.imported")
def roster_imported(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A list of members was taken in."""
    facts = {"joined": data["joined"], "left": data["left"], "after": data["current_after"]}
    if data["mode"] == "full":
        said = _("A full list of members was imported: %(joined)d joined, %(left)d left, %(after)d are current.")
    else:
        said = _("A partial list of members was imported: %(joined)d joined, %(after)d are current.")
    parts = [said % facts]
    if data["approved"]:
        parts.append(_("It passed a safety stop; a second operator approved it."))
    if data["no_effect"]:
        left_alone = _("%d people whom it calls suspended or expelled stay members: no case has decided that.")
        parts.append(left_alone % int(data["no_effect"]))
    return " ".join(parts)


@sentence("operators.counted")
def operators_counted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Somebody may pass stops of imports, or may no longer."""
    return _("On %(day)s the office's list of operators changed; %(count)d people now hold a key.") % {
        "day": data["day"], "count": data["count"],
    }  # fmt: skip


@sentence("standing.held")
def standing_held(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The tripwire."""
    facts = {
        "within": data["within"], "of": data["of"], "changes": data["changes"], "place": names.scope(data["scope"]),
        "until": on(data["until"]),
    }  # fmt: skip
    if data.get("whose") == "office":
        said = _(
            "The list would end the mandates of %(within)d of the %(of)d people in office in %(place)s within days."
        )
    elif data.get("whose") == "elected":
        said = _(
            "The list would end the mandates of %(within)d of the %(of)d people who are elected in %(place)s and not "
            "in office yet, within days."
        )
    elif data["kind"] == "mandates":
        said = _("The list would end %(within)d of %(of)d people's mandates in %(place)s within days.")
    elif data["ballot"]:
        said = _("With a ballot ahead, the list would take %(within)d of %(of)d people off the roll of %(place)s.")
    else:
        said = _("The list would take %(within)d of %(of)d people off the roll of %(place)s within days.")
    waits = _("That is too many at once: %(changes)d changes wait until %(until)s; till then nobody loses anything.")
    return f"{said % facts} {waits % facts}"


@sentence("standing.unheeded")
def standing_unheeded(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """No case, no effect."""
    said = _("The list calls %(suspended)s suspended and %(expelled)s expelled. No case decided that: nothing follows.")
    few = _("fewer than 5")
    return said % {what: few if data[what] is None else data[what] for what in ("suspended", "expelled")}


@sentence("roster.undone")
def roster_undone(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """An import was taken back."""
    return _("An import of members was taken back; %d are current.") % int(data["current_after"])
