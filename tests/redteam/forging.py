"""What an operator can write who has the database and every key of the server, and nobody else's: entries by the dozen.

Each is drawn from a live history: its ids, words and moments, the grants that stand, the acts that are open. The rogue
has a passkey of his own and the log's key. What he lacks is in other people's pockets.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from hub import canonical, clock, ids
from hub.ledger import signed
from hub.ledger.entries import TYPES, EntryType, parse_entry
from hub.mirror import role_keys
from hub.tlog.hashes import leaf_hash
from tests.authenticator import Authenticator, cose_of
from tests.charters_for_tests import FIRST, note

Row = dict[str, Any]
NEVER = ("hub.founded", "hub.forked")  # they begin a record; a log's second beginning is a test of its own
WORDS = ("admin", "council", "organiser", "moderator", "founding", "election", "lot", "resigned", "recalled", "lapsed")


class Forger:
    """A rogue before one history. entries: it, read; keyed: grants of holders who signed before, by entry.

    home: the hub's address, for which authenticators sign; lone: the rogue's passkey in the record, by whose it is said
    to be: nobody vouched for it but itself; recorded: the last moment of the history, last: now.
    """

    def __init__(self, raws: list[bytes], keyed: dict[int, str], seed: int, home: str) -> None:
        self.home = home
        self.entries = [json.loads(raw) for raw in raws]
        self.keyed, self.chance = keyed, random.Random(seed)
        self.mine = Authenticator()
        self.lone: dict[str, str] = {}
        self.values = sorted({json.dumps(value) for entry in self.entries for value in entry["data"].values()})
        self.last = self.recorded = str(self.entries[-1]["at"])
        self.signed = [entry for entry in self.entries if "sig" in entry]
        self.fits: dict[str, list[Any]] = {}

    def pick(self, among: Any) -> Any:
        return self.chance.choice(list(among))

    # -- what a record could say --------------------------------------------------------------------------------------

    def record(self, spec: EntryType) -> Row:
        """A plausible record of a type: every value is one that the record knows, or fits its kind."""
        return {
            name: self.value(spec, name) for name in spec.fields if name in spec.required or self.chance.random() < 0.5
        }

    def value(self, spec: EntryType, name: str) -> Any:
        """A value of a field: by its name from the same type, or whatever there is that fits its kind."""
        same = [entry["data"][name] for entry in self.entries if entry["type"] == spec.name and name in entry["data"]]
        if same and self.chance.random() < 0.5:
            return self.pick(same)
        kind = spec.fields[name]
        if kind.name not in self.fits:
            self.fits[kind.name] = [value for value in self.candidates() if kind.fits(value)]
        return self.pick(self.fits[kind.name] or [None])

    def candidates(self) -> Iterator[Any]:
        """Every value that the record knows, and some of each other kind."""
        yield from map(json.loads, self.values)
        yield from (0, 1, 2, 5, 17, None, True, "hub", [], ["york"], *WORDS, self.last, self.last[:10])
        yield from (ids.new(prefix) for prefix in ("act", "grt", "hld", "brn", "grp", "key", "bal", "lnk", "cli"))
        yield from ("0" * 64, "A" * 43, "A" * 43 + "=", "1.2.3", signed.to_text(cose_of(self.mine.key)), "YO1", "york")

    def entry(self, name: str, data: Row, by: int | None, **more: Any) -> Row:
        return {"type": name, "at": self.last, "by": by, "data": data, "v": 1, **more}

    # -- families of forgeries ----------------------------------------------------------------------------------------

    def in_somebodys_name(self, by: int | None = None) -> Row:
        """An act of an office whose holder has keys, without their signature: each fifth time, that they give it up."""
        by = self.pick(self.keyed) if by is None else by
        spec = TYPES[self.pick(name for name in TYPES if name not in NEVER)]
        if self.chance.random() < 0.2:
            nothing = dict.fromkeys(("act", "step", "due"))
            return self.entry("grant.ended", {"grant": self.grant(by), "why": "resigned", **nothing}, by)
        return self.entry(spec.name, self.record(spec), by)

    def grant(self, by: int) -> str:
        """The grant that an entry made."""
        return str(self.entries[by]["data"]["grant"])

    def with_a_borrowed_signature(self) -> Row:
        """The same under a signature that they, or somebody else, made for something else."""
        by = self.pick(self.keyed)
        return {**self.in_somebodys_name(by), "sig": self.pick([*self.theirs(by), self.pick(self.signed)])["sig"]}

    def signed_by_another(self) -> Row:
        """The same, signed well, and by a passkey that is not theirs, whatever it is called."""
        by = self.pick(self.keyed)
        return self.sign(
            self.in_somebodys_name(by), self.pick([*self.theirs(by), self.pick(self.signed)])["sig"]["key"]
        )

    def theirs(self, by: int) -> list[Row]:
        """What the holder of a grant signed."""
        mine = {
            entry["data"]["key"]
            for entry in self.entries
            if entry["type"] == "key.registered" and entry["data"]["holder"] == self.keyed[by]
        }
        return [entry for entry in self.signed if entry["sig"]["key"] in mine][:1]

    def with_a_lone_key(self) -> Row:
        """Whatever takes something from who signed before, signed by the passkey that the rogue put there for them."""
        by = self.pick(self.keyed)
        holder, one = self.keyed[by], self.chance.random()
        keys = [entry["data"] for entry in self.entries if entry["type"] == "key.registered"]
        if one < 0.2:
            theirs = self.pick([key["key"] for key in keys if key["holder"] == holder])
            made = self.entry("key.withdrawn", {"key": theirs}, self.rules_in_force())
        elif one < 0.4:
            made = self.entry("key.registered", self.passkey_for(holder, Authenticator()), self.rules_in_force())
        elif one < 0.6:
            public = role_keys.public_of(self.chance.randbytes(32))
            made = self.entry("role_key.registered", {"grant": self.grant(by), "public_key": public}, by)
        else:
            made = self.in_somebodys_name(by)
        return self.sign(made, self.lone[holder])

    def passkey_for(self, holder: str, device: Authenticator) -> Row:
        """What a registration says of a device."""
        public = signed.to_text(cose_of(device.key))
        return {"holder": holder, "key": ids.new("key"), "public_key": public, "algorithm": "es256"}

    def on_a_right(self) -> int | None:
        """A warrant: mostly the one that a right rests on."""
        right = self.rules_in_force()
        return right if self.chance.random() < 0.75 else self.pick([0, None, *self.keyed])

    def rules_in_force(self) -> int:
        """What a right of every member rests on."""
        return max(index for index, entry in enumerate(self.entries) if entry["type"] == "constitution.adopted")

    def replayed(self) -> Row:
        """A signed act once more, to the letter: of one kind as often as of another."""
        kind = self.pick(sorted({entry["type"] for entry in self.signed}))
        return {**self.pick(entry for entry in self.signed if entry["type"] == kind), "at": self.last}

    def with_another_passkey(self) -> Row:
        """A passkey of the rogue's, for somebody who signed before: for itself it may sign (with_a_lone_key)."""
        data = self.passkey_for(self.keyed[self.pick(self.keyed)], Authenticator())
        made = self.entry("key.registered", data, self.on_a_right())
        other = self.pick(self.signed)["sig"]
        return self.pick([made, self.sign(made, other["key"]), {**made, "sig": other}])

    def without_their_passkey(self) -> Row:
        """Somebody's passkey withdrawn, who signed before."""
        known = self.pick(entry["data"]["key"] for entry in self.entries if entry["type"] == "key.registered")
        made = self.entry("key.withdrawn", {"key": known}, self.on_a_right())
        return self.pick([made, self.sign(made, known)])

    def office_with_my_key(self) -> Row:
        """The key of an office replaced by the rogue's, or the office claimed with it."""
        seed, by = self.chance.randbytes(32), self.pick(self.keyed)
        grant = self.grant(by)
        if self.chance.random() < 0.5:
            made = self.entry("role_key.registered", {"grant": grant, "public_key": role_keys.public_of(seed)}, by)
            return self.pick([made, {**made, "sig": self.pick(self.signed)["sig"]}])
        nonce = signed.to_text(self.minute().to_bytes(4, "big") + self.chance.randbytes(28) + self.fork())
        registered = canonical.dumps(self.pick(self.entries))
        token = role_keys.bind(seed, audience=self.home, nonce=nonce, entry=registered)
        return self.entry("office.claimed", {"grant": grant, "holder": self.keyed[by], "token": token}, by)

    def fork(self) -> bytes:
        """Which fork this is: the rogue knows it."""
        forked = [entry for entry in self.entries if entry["type"] == "hub.forked"]
        return leaf_hash(canonical.dumps(forked[-1] if forked else self.entries[0]))

    def grant_without_source(self) -> Row:
        """A power that nobody gave."""
        if self.chance.random() < 0.5:  # one that was given, once more, to somebody else, or for longer
            given = self.pick(entry for entry in self.entries if entry["type"] in ("grant.made", "seat.taken"))
            again = {"grant": ids.new("grt"), "holder": self.pick(self.keyed.values())}
            return {**given, "data": {**given["data"], **again}, "at": self.last}
        spec = TYPES[self.pick(["grant.made", "grant.made", "seat.taken", "caretaker.begun"])]
        by = self.pick([None, None, 0, 1, *range(len(self.entries))])
        return self.entry(spec.name, self.record(spec), by)

    def clocks(self) -> Row:
        """An effect of the clock without its act, or not yet due."""
        spec = TYPES[self.pick(name for name, spec in TYPES.items() if {"act", "due"} & spec.fields.keys())]
        return self.entry(spec.name, self.record(spec), None)

    def counts(self) -> Row:
        """A number that nobody counted."""
        counted = (name for name, spec in TYPES.items() if any(kind.name == "count" for kind in spec.fields.values()))
        spec = TYPES[self.pick(name for name in counted if name not in NEVER)]
        return self.entry(spec.name, self.record(spec), None)

    def backdated(self) -> Row:
        """What would be good, had it been recorded when it says."""
        made = self.entry("holder.named", {"holder": ids.new("hld")}, self.rules_in_force())
        return {**made, "at": self.pick(entry["at"] for entry in self.entries if entry["at"] < self.recorded)}

    def rules(self) -> Row:
        """A charter or a constitution that nobody decided."""
        spec = TYPES["constitution.adopted"]
        charter = {"version": self.pick([1, 2]), "note": note(FIRST, *range(self.pick([1, 2, 3]))).decode()}
        made = [self.entry("charter.adopted", charter, None), self.entry(spec.name, self.record(spec), None)]
        return self.pick([*made, {**made[1], "by": self.pick([0, 1, *self.keyed])}])

    def minute(self) -> int:
        return int(clock.parse_minute(self.last).timestamp()) // 60

    def sign(self, entry: Row, key: str) -> Row:
        """Signs an entry as an office-holder's browser would, with the rogue's passkey under a name that is known."""
        act = signed.digest_of(parse_entry(canonical.dumps(entry), len(self.entries)))
        challenge = signed.to_text(signed.challenge_of([act]))
        answer = json.loads(self.mine.sign({"rpId": "localhost", "challenge": challenge}, self.home))
        parts = {name: answer["response"][name] for name in ("authenticatorData", "clientDataJSON", "signature")}
        return {**entry, "sig": {"key": key, **parts}}


FAMILIES: dict[str, Callable[[Forger], Row]] = {
    "an act in somebody's name": Forger.in_somebodys_name,
    "a borrowed signature": Forger.with_a_borrowed_signature,
    "signed by another": Forger.signed_by_another,
    "a lone key": Forger.with_a_lone_key,
    "a signed act replayed": Forger.replayed,
    "a passkey swapped in": Forger.with_another_passkey,
    "a passkey taken away": Forger.without_their_passkey,
    "an office with my key": Forger.office_with_my_key,
    "a grant without source": Forger.grant_without_source,
    "the clock's effects": Forger.clocks,
    "counts": Forger.counts,
    "backdated": Forger.backdated,
    "rules": Forger.rules,
}
