"""Which entries touch a branch: those that name it, its area or what began with it, acts by its offices, and keys.

The keys are those of whoever holds or held an office of the branch's, or of a group of its own.

It reads entries alone, in order: an identifier belongs to the branch when the entry in which it first stands does.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.ledger import Entry

# What touches every branch.
EVERYBODYS = frozenset({"amendment.proposed", "charter.adopted", "constitution.adopted", "hub.forked"})
# Whose identifiers a branch has. A holder is no branch's: the same member may hold an office elsewhere. Their keys are
# told all the same: with one, somebody could act in the branch's name.
KEYS = ("key.registered", "key.withdrawn")
KINDS = ("act_", "bal_", "brn_", "cli_", "grp_", "grt_", "lnk_", "tkt_")


class Touching:
    """One branch's, by its slug (or its area's, while it has no branch). Every entry is asked, from the first on."""

    def __init__(self, slug: str) -> None:
        self.slug, self.areas = slug, {slug}
        self.seen: set[str] = set()
        self.own: set[str] = set()
        self.grants: set[int] = set()
        self.holders: set[str] = set()
        self.keys: dict[str, str] = {}

    def takes(self, entry: Entry) -> bool:
        """Tells whether the next entry touches the branch."""
        named = set(_identifiers(entry))
        if entry.type == "branch.proposed" and entry.data.get("slug") == self.slug:
            self.areas.add(str(entry.data.get("area")))
        is_own = bool(named & self.own) or entry.by in self.grants or entry.data.get("area") in self.areas
        if is_own:
            fresh = named - self.seen
            self.own |= fresh
            if any(name.startswith("grt_") for name in fresh):
                self.grants.add(entry.index)
                self.holders.add(str(entry.data.get("holder")))
        self.seen |= named
        return is_own or entry.type in EVERYBODYS or self._whose_key(entry) in self.holders

    def _whose_key(self, entry: Entry) -> str | None:
        """Returns whose key an entry puts into the record, or takes out of use; None for any other entry."""
        if entry.type == "key.registered":
            self.keys[str(entry.data.get("key"))] = str(entry.data.get("holder"))
        return self.keys.get(str(entry.data.get("key"))) if entry.type in KEYS else None


def _identifiers(entry: Entry) -> Iterator[str]:
    for value in entry.data.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and item.startswith(KINDS):
                yield item
