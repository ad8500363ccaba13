"""The public record, for people: a sentence for each entry, the entry behind it, and what it rests on."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa

from hub.errors import NotFound
from hub.ledger import Entry, writer
from hub.ledger.entries import TYPES, format_entry, read_record
from hub.ledger.models import entries
from hub.permits import keys, lone, signing
from hub.permits import queries as permits
from hub.web.context import Answer, Asked
from hub.web.pages import page
from hub.web.seals import Sealed, sealed
from hub.web.sentences import tell
from hub.web.texts import _

PAGE = 50
# Nobody outside can recompute these: they rest on the hub's word, or the matcher's, alone.
THE_MATCHERS = ("matcher.counted", "operators.counted", "roster.imported", "roster.undone")
BY_WORD_ENDED = ("lapsed", "moved", "emptied")
BY_WORD = (
    "branch.dormant",
    "branch.revived",
    "group.dormant",
    "group.revived",
    "holder.named",
    *THE_MATCHERS,
    "software.deployed",
    "area.declared",
    "link.proved",
    "link.lapsed",
    "petition.reached",
    "draw.opened",
    "draw.prepared",
    "draw.replaced",
    "ballot.called",
    "ballot.counted",
    "standing.held",
    "standing.unheeded",
)
# The record names no side of a case.
BY_A_SIDE = ("case.filed", "case.charged", "case.prolonged", "case.answered", "panel.struck", "case.appealed")

SIGNED = _("%s signed this with their own key: nobody else, the operator included, could have made it.")
SIGNED_BY_OFFICE = _("The new key signed this, and the key of an office of %s vouches for it: that one lies with them.")
SIGNED_BY_ITSELF = _(
    "Only the new key itself signed this, so whoever runs the hub could have made it. It takes nothing from %s that "
    "they had before."
)
SIGNED_BY_LONE = _(
    "This is signed with a key that nobody vouched for but itself. That it is the key of %s rests on the hub’s word; "
    "it signs nothing in an office that they had before it."
)


@dataclass(frozen=True)
class Line:
    """One line of the record. rests: empty where the entry's warrant can be recomputed by anybody."""

    entry: Entry
    sentence: str
    rests: str
    state: str


def listing(asked: Asked) -> Answer:
    """Shows the record, newest first, fifty at a time, all or one kind."""
    kind = asked.query.first("kind")
    before = asked.query.first("before")
    wanted = sa.select(entries.c.index).order_by(entries.c.index.desc()).limit(PAGE)
    if kind in TYPES:
        wanted = wanted.where(entries.c.type == kind)
    if before.isascii() and before.isdecimal() and len(before) < 16:
        wanted = wanted.where(entries.c.index < int(before))
    reached = sealed(asked)
    lines = [_line(asked, index, reached) for index in asked.tx.scalars(wanted).all()]
    return page(
        asked,
        "record/listing.html",
        lines=lines,
        kind=kind if kind in TYPES else "",
        kinds=sorted(TYPES),
        further=lines[-1].entry.index if len(lines) == PAGE else None,
        sealed=reached,
        size=writer.size(asked.tx),
    )


def show(asked: Asked) -> Answer:
    """Shows one entry: its sentence, its bytes, its words, and how to check it."""
    index = asked.params["index"]
    if not (index.isascii() and index.isdecimal() and len(index) < 16):
        raise NotFound
    reached = sealed(asked)
    line = _line(asked, int(index), reached)
    raw = json.dumps(json.loads(format_entry(line.entry)), indent=1, ensure_ascii=False)
    said = writer.words_of(asked.tx, line.entry)
    return page(
        asked, "record/show.html", line=line, raw=raw, said=dict(said), size=writer.size(asked.tx),
        signature=signature_of(asked, line.entry), sealed=reached,
    )  # fmt: skip


def signature_of(asked: Asked, entry: Entry) -> tuple[str, int | None]:
    """Says whose own key signed an act, with the entry that put the key into the record; or why none did."""
    key = keys.key_of_entry(asked.tx, entry.index)
    if key is not None:
        who = permits.shown_names(asked.tx, [key.holder]).get(key.holder) or _("(name withdrawn)")
        if key.entry == entry.index:
            return (SIGNED_BY_OFFICE if entry.data.get("token") else SIGNED_BY_ITSELF) % who, None
        return (SIGNED_BY_LONE if lone.is_lone(asked.tx, key) else SIGNED) % who, key.entry
    spec = TYPES.get(entry.type)
    if spec is None or entry.type == "key.registered":
        return "", None
    if signing.holder_of_act(asked.tx, entry.by, read_record(spec, entry.data)) is None:
        return "", None
    return _("Not signed: this office-holder had no key in the record."), None


def _line(asked: Asked, index: int, reached: Sealed) -> Line:
    entry = writer.get(asked.tx, index)
    if entry is None:
        raise NotFound
    return Line(entry, tell(asked.tx, entry), rests_on(entry), reached.state(index))


def rests_on(entry: Entry) -> str:
    """Says what an entry rests on, where nobody outside can recompute that."""
    if entry.type in THE_MATCHERS:
        return _("This rests on the matcher's word alone.")
    if entry.type == "key.registered" and entry.sig is None and entry.data.get("token") is None:
        return _("That this key is the member's own rests on the hub's word alone.")
    if entry.type == "key.registered" and _vouched_for_itself(entry):
        return _("Nobody vouched for this key but itself: that it is the member's own rests on the hub's word alone.")
    if entry.type == "link.declared" and entry.by is None:
        return _("That the founders planned this rests on the hub's word alone.")
    if entry.type in BY_WORD or (entry.type == "grant.ended" and entry.data.get("why") in BY_WORD_ENDED):
        return _("This rests on the hub's word alone.")
    if entry.type.startswith("candidacy.") or entry.type.endswith((".proposed", ".cofounded", ".accepted")):
        return _("That a verified member did this rests on the hub's word alone.")
    if entry.type in BY_A_SIDE:
        return _("Who the sides of a case are, and that one of them did this, rests on the hub's word alone.")
    if entry.type in ("recall.opened", "hold.opened"):
        return _("That a verified member did this rests on the hub's word alone.")
    return ""


def _vouched_for_itself(entry: Entry) -> bool:
    is_alone = entry.sig is not None and entry.sig["key"] == entry.data.get("key")
    return is_alone and entry.data.get("token") is None
