"""Sentences about draws by lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.acts import queries as acts
from hub.draws import rules
from hub.ledger import Entry
from hub.web.sentences import Names, on, sentence
from hub.web.texts import _

REASONS = {
    "declined": _("it was declined"),
    "silent": _("nobody answered in 48 hours"),
    "conflict": _("of a conflict"),
    "struck": _("a side struck whoever had it"),
    "left": _("its holder may no longer sit"),
}


def _office(names: Names, data: Mapping[str, Any]) -> tuple[str, str]:
    """Returns the role that is drawn, and the place."""
    state = acts.get(names.tx, data["act"])
    by = state.steps[data["step"]].by
    return names.role(rules.OFFICES[by].role), names.scope(state.scope.id)


@sentence("draw.opened")
def draw_opened(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The clock opens a draw."""
    if data["procedure"] == "draw_council":
        return _("The clock opened the draw of the council, from members who offered themselves.")
    return _("The clock opened the draw of who stands by to take care of %s.") % names.scope(data["scope"])


@sentence("draw.prepared")
def draw_prepared(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A pool is frozen."""
    role, place = _office(names, data)
    return _(
        "A pool of %(many)d tickets was frozen to draw %(size)d times “%(role)s” for %(place)s; the public randomness "
        "named for it becomes known on %(day)s."
    ) % {"many": data["tickets"], "size": data["size"], "role": role, "place": place, "day": on(data["known"])}


@sentence("draw.objected")
def draw_objected(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """A member finds the pool wrong."""
    role, place = _office(names, data)
    return _("A member objected, with a reason, to the pool from which “%(role)s” for %(place)s is to be drawn.") % {
        "role": role, "place": place,
    }  # fmt: skip


@sentence("draw.judged")
def draw_judged(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Somebody looked."""
    who = _("A member") if data["holder"] is None else names.holder(data["holder"])
    role, place = _office(names, data)
    told = {"who": who, "index": data["objection"], "role": role, "place": place}
    said = _("%(who)s found the objection of entry %(index)d to the pool for “%(role)s” of %(place)s not right.")
    if data["upheld"]:
        said = _("%(who)s found the objection of entry %(index)d to the pool for “%(role)s” of %(place)s right.")
    return said % told


@sentence("draw.voided")
def draw_voided(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Two found it right."""
    role, place = _office(names, data)
    return _(
        "Two people found an objection right before the randomness was known: the pool for “%(role)s” of %(place)s is "
        "void, nobody is drawn from it, and another follows."
    ) % {"role": role, "place": place}


@sentence("draw.made")
def draw_made(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The chain signed its round."""
    role, place = _office(names, data)
    return _("The beacon signed its round: %(many)d tickets were drawn as “%(role)s” for %(place)s.") % {
        "many": len(data["seats"]), "role": role, "place": place,
    }  # fmt: skip


@sentence("draw.accepted")
def draw_accepted(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Somebody takes a seat."""
    role, place = _office(names, data)
    said = {"who": names.holder(data["holder"]), "role": role, "place": place}
    if data["until"] is None:
        return _("%(who)s was drawn by lot, and stands by as “%(role)s” of %(place)s.") % said
    return _("%(who)s was drawn by lot, and is “%(role)s” of %(place)s until %(day)s.") % {
        **said, "day": on(data["until"]),
    }  # fmt: skip


@sentence("draw.replaced")
def draw_replaced(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """The next in the order follows."""
    role, place = _office(names, data)
    told = {"role": role, "place": place, "why": REASONS.get(data["reason"], data["reason"])}
    if data["successor"] is None:
        return _("A seat as “%(role)s” for %(place)s stays empty, because %(why)s and no reserve is left.") % told
    return _("A seat as “%(role)s” for %(place)s went to the next in the order drawn, because %(why)s.") % told


@sentence("caretaker.begun")
def caretaker_begun(names: Names, entry: Entry, data: Mapping[str, Any]) -> str:
    """Somebody takes care."""
    return _("%(who)s takes care of %(place)s from the minute in which nobody held a mandate there, until %(day)s.") % {
        "who": names.holder(data["holder"]), "place": names.scope(data["scope"]), "day": on(data["until"]),
    }  # fmt: skip
