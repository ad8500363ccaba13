"""Signing an act of office: the form leads to one page that says what will be recorded, and asks for a signature of it.

    draft    the handler runs in a unit that is rolled back, with draws from a random seed; its pen notes the acts
    page     tells each act in words; the browser's passkey signs the challenge made from them (ledger/signed.py)
    record   the handler runs again with the same draws; its pen signs exactly those acts, or nothing is written

Between draft and record the hub keeps nothing: seed, acts and a digest of the form stand in one field of the page,
signed by the hub for five minutes, for this session and this address, and count once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from hub import chance, clock
from hub.acts.proposals import Change
from hub.errors import YES, Verdict, insist
from hub.ledger import Entry, signed, words_of
from hub.ledger.entries import TYPES, read_record
from hub.ledger.pens import Changed, DraftPen, PasskeyPen
from hub.people import actions as people
from hub.people import passkeys
from hub.permits import keys, lone
from hub.permits import queries as permits
from hub.permits.entries import KeyRegistered
from hub.permits.signing import NO_LIVE_KEY
from hub.web import stepping
from hub.web.acts import signed_as
from hub.web.case_signing import sealed_words
from hub.web.context import Answer, Asked
from hub.web.pages import page
from hub.web.parties import party
from hub.web.sentences import tell
from hub.web.texts import _

TOO_OLD = _(
    "More than five minutes went by, or this was signed before. Nothing was written. Look again, and sign again."
)


@dataclass(frozen=True)
class Signing:
    """What records a signed act. seed: repeats the draft's draws."""

    seed: bytes
    pen: PasskeyPen


@dataclass(frozen=True)
class Told:
    """One entry as whoever signs it reads it. does: what they do by it, or ""; changes: from what to what.

    says, words, bytes: its sentence in the record, what was typed, and exactly what is signed.
    """

    does: str
    changes: tuple[Change, ...]
    says: str
    words: Mapping[str, str | None]
    bytes: str


@dataclass
class Drafting:
    """One draft. person: who acts; among: public keys that may sign it, why: where none; told: what would be recorded.

    live: the person's keys that sign at all, before the draft and in it.
    """

    seed: bytes
    pen: DraftPen
    person: str
    among: set[bytes] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    live: dict[str, Row[Any]] = field(default_factory=dict)
    why: Verdict = NO_LIVE_KEY

    def begin(self, tx: Connection) -> None:
        """Reads, before the handler runs, the person's passkeys and which of them sign already."""
        self.pen.passkeys = passkeys.public_keys(tx, self.person)
        self._note_live(tx)

    def look(self, tx: Connection) -> None:
        """Reads, after the handler ran, what would be recorded, and which passkeys may sign all of it."""
        self._note_live(tx)
        mine = {signed.to_text(raw): raw for raw in self.pen.passkeys}
        verdicts = [(row.public_key, self._signs_all(tx, row)) for row in self.live.values()]
        self.among = {mine[text] for text, verdict in verdicts if verdict}
        self.why = next((verdict for _text, verdict in verdicts if not verdict), NO_LIVE_KEY)
        self.told = [
            Told(
                *signed_as(tx, entry),
                tell(tx, self._as_signed(entry)),
                {**words_of(tx, entry), **sealed_words(tx, entry)},
                signed.act_of(entry).decode(),
            )
            for entry in self.pen.entries
        ]

    def _as_signed(self, entry: Entry) -> Entry:
        """Returns an entry of the draft as it will be told: a passkey that none vouches for signs for itself."""
        is_alone = entry.type == "key.registered" and not self.among
        return replace(entry, sig={"key": entry.data["key"]}) if is_alone else entry

    def _note_live(self, tx: Connection) -> None:
        holder = permits.holder_of_person(tx, self.person)
        live = keys.live_keys(tx, holder, clock.now()) if holder else []
        mine = {signed.to_text(raw) for raw in self.pen.passkeys}
        self.live |= {row.id: row for row in live if row.public_key in mine}

    def _signs_all(self, tx: Connection, key: Row[Any]) -> Verdict:
        """Says whether a key signs each act of the draft: none does that comes into the record by one of them."""
        records = [(entry.by or 0, read_record(TYPES[entry.type], entry.data)) for entry in self.pen.entries]
        if any(isinstance(record, KeyRegistered) and record.key == key.id for _by, record in records):
            return NO_LIVE_KEY
        verdicts = (lone.may_sign(tx, key, by=by, record=record) for by, record in records)
        return next((verdict for verdict in verdicts if not verdict), YES)


Draft = Callable[[Drafting], None]
Record = Callable[[Signing | None], Answer]


def carry_out(asked: Asked, draft: Draft, record: Record) -> Answer:
    """Asks for the signature an act needs, or records a signed one; one that needs none takes a fresh passkey.

    draft: runs the handler in a unit that is not kept; record: runs it in one that is.
    """
    stepping.look_who(asked)
    actor = asked.actor
    if actor.is_visitor or actor.kind == "bootstrap":
        return record(None)
    if stepping.ANSWER in asked.form and asked.form.first("step") == "sign":
        return _signed(asked, draft, record)
    if stepping.has_answered(asked):
        stepping.prove(asked)
        stepping.look_who(asked)
    return _ask(asked, draft) or stepping.ask_first(asked) or record(None)


def _ask(asked: Asked, draft: Draft, problem: str = "") -> Answer | None:
    """Returns the page that asks for a signature, or None where nothing has to be signed. problem: why once more."""
    drafting = _drafted(asked, draft)
    if not drafting.pen.entries:
        return None
    if not drafting.pen.passkeys:
        return stepping.ask(asked)
    challenge = signed.challenge_of(drafting.pen.digests)
    with asked.hub.db.read() as tx:
        among = drafting.among or _registered(drafting)
        insist(YES if among else drafting.why)
        options = passkeys.ask_to_sign(tx, party(asked), person=drafting.person, challenge=challenge, among=among)
    parked = {
        "at": int(clock.now().timestamp()), "session": asked.actor.session, "path": asked.path, "form": _form(asked),
        "seed": drafting.seed.hex(), "digests": [digest.hex() for digest in drafting.pen.digests],
    }  # fmt: skip
    act = asked.hub.signer.sign("act", json.dumps(parked))
    asked.mistakes = {"passkey_answer": problem} if problem else {}
    return page(
        asked, "account/sign_act.html", status=422 if problem else 200, options=json.dumps(options), problem=problem,
        kept=[(name, value) for name, value in asked.form.items if name not in stepping.OURS], action=asked.path,
        acts=drafting.told, act=act, registered=drafting.pen.registered, fingerprint=signed.to_text(challenge),
    )  # fmt: skip


def _drafted(asked: Asked, draft: Draft) -> Drafting:
    """Makes the draft; once more where another request's row was there first."""
    person = asked.actor.person
    assert person is not None
    for is_last in (False, True):
        drafting = Drafting(chance.octets(32), DraftPen(), person)
        try:
            draft(drafting)
            return drafting
        except IntegrityError:
            if is_last:
                raise
    raise AssertionError("two tries")


def _registered(drafting: Drafting) -> set[bytes]:
    """Returns the keys that sign for themselves where no live one vouches for them."""
    new = [entry for entry in drafting.pen.entries if entry.type == "key.registered"]
    return {signed.from_text(entry.data["public_key"]) for entry in new}


def _signed(asked: Asked, draft: Draft, record: Record) -> Answer:
    parked = _parked(asked)
    if parked is None:
        return _again(asked, draft, TOO_OLD)
    digests = tuple(bytes.fromhex(digest) for digest in parked["digests"])
    given, mine = _prove(asked, signed.challenge_of(digests))
    pen = PasskeyPen(mine, digests, given.public_key, given.authenticator_data, given.client_data, given.signature)
    try:
        return record(Signing(bytes.fromhex(parked["seed"]), pen))
    except Changed as changed:
        asked.jar.going.clear()
        stepping.look_who(asked)
        return _again(asked, draft, changed.sentence)


def _again(asked: Asked, draft: Draft, problem: str) -> Answer:
    answer = _ask(asked, draft, problem)
    if answer is None:
        raise Changed
    return answer


def _parked(asked: Asked) -> dict[str, Any] | None:
    """Reads what the page kept: only for this session, this address and the very form that was drafted."""
    text = asked.hub.signer.read("act", asked.form.first("act"))
    if text is None:
        return None
    parked: dict[str, Any] = json.loads(text)
    # The signer asks the machine's clock; the house's own is asked here.
    age = clock.now() - dt.datetime.fromtimestamp(parked["at"], dt.UTC)
    ties = (asked.actor.session, asked.path, _form(asked)) == (parked["session"], parked["path"], parked["form"])
    return parked if ties and dt.timedelta(0) <= age < stepping.FRESH else None


def _prove(asked: Asked, challenge: bytes) -> tuple[passkeys.Assertion, tuple[bytes, ...]]:
    """Takes the assertion, once; the session is fresh from now on. Raises Invalid for one that is none."""
    person, session = asked.actor.person, asked.actor.session
    assert person is not None
    assert session is not None
    answer, once = asked.form.first(stepping.ANSWER), asked.form.first("act")
    with asked.hub.db.write() as tx:
        given = passkeys.sign(tx, party(asked), person=person, answer=answer, challenge=challenge, once=once)
        mine = passkeys.public_keys(tx, person)
        token = people.step_up(tx, session=session, person=person)
    stepping.come_fresh(asked, token)
    return given, mine


def _form(asked: Asked) -> str:
    """Returns a digest of what was typed, without the fields of our own pages."""
    typed = [pair for pair in asked.form.items if pair[0] not in stepping.OURS]
    return hashlib.sha256(json.dumps(typed).encode("ascii")).hexdigest()
