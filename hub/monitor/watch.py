"""One follower's watch over one log: a mirror of their own, checkpoints passed on to them, and what proves a lie.

    mirror/             a verified copy, as hub mirror pull keeps it
    seen/<time>-<hash>  checkpoints other readers were shown, until this mirror is as long
    evidence/<hash>     signed checkpoints that contradict it; never removed
    problems            what the last pull found, a line each
    shown               offices that were found to be those of the record
    waiting             since when what the hub shows is of another size than its record
    alarms/<hash>       when an alarm was raised last
    told/<who>          how many entries were told to whoever asked for them

Trusted: who can write here can hide what was seen. The hub has no part in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hub import clock
from hub.charter.rules import walk, witnessed_at
from hub.errors import Unsafe
from hub.ledger import files
from hub.ledger.beginnings import Unverified
from hub.ledger.reading import Key, own_key, read_tile
from hub.mirror import charters_in, shown
from hub.mirror.log_in import NOTE
from hub.mirror.pull import pull
from hub.mirror.sources import Source, Unreachable, modified, want
from hub.monitor import rules
from hub.monitor.rules import Alarm
from hub.tlog.checkpoint import Checkpoint, open_checkpoint
from hub.tlog.hashes import Spoilt, root_hash
from hub.tlog.note import Verifier, parse_note
from hub.tlog.proofs import check_consistency, prove_consistency
from hub.tlog.tiles import format_path, reader

CHECKPOINT = "log/checkpoint"
TILE = 1 << 13  # bytes of a tile of hashes
MOMENT = "%Y%m%dT%H%M%SZ"


@dataclass
class Look:
    """What one look found. head: the copy's, None while there is none; notes: what a pull told."""

    head: Checkpoint | None = None
    alarms: list[Alarm] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Watch:
    """A follower's folder for one source. key, fingerprint: as a pull takes them."""

    def __init__(self, home: Path, source: Source, key: Key | None = None, fingerprint: bytes | None = None) -> None:
        self.home, self.source, self.given, self.fingerprint = home, source, key, fingerprint
        self.mirror = home / "mirror"

    def look(self, others: Sequence[Source] = ()) -> Look:
        """Looks once: at the log, its age, what other readers were shown, and what other addresses serve.

        Where the log's own address does not answer, what is here grows old all the same; raises Unreachable until it
        is a day old.
        """
        with files.lock(self.home / "lock"):
            try:
                return self._look(others)
            except Spoilt as problem:
                raise Unverified(f"{self.home} was changed: {problem}. Move it away and begin anew.") from problem

    def _look(self, others: Sequence[Source]) -> Look:
        found = Look()
        try:
            found.alarms += self._follow(found)
        except Unreachable as problem:
            return self._silent(problem)
        found.head = self.head()
        if found.head is not None:
            ours = _Ours(found.head, self.mirror, self._key().verifier)
            late = rules.stale(ours.head, self._published_at(), clock.now())
            found.alarms += [late] if late else []
            found.alarms += self._weigh_seen(ours)
            if not any(alarm.contradicts for alarm in found.alarms):
                found.alarms += self._weigh_shown(found)
            for other in others:
                try:
                    alarm = self._ask(ours, other)
                except Unreachable as problem:
                    found.notes.append(f"Not compared: {problem}")
                else:
                    found.alarms += [alarm] if alarm else []
        return found

    def head(self) -> Checkpoint | None:
        """Returns the head of the copy, as it was verified."""
        note = files.read(self.mirror / CHECKPOINT, NOTE)
        return None if note is None else open_checkpoint(note, [self._key().verifier])

    def take(self, note: bytes) -> Checkpoint:
        """Keeps a checkpoint that another reader was shown, for this look and the next. Raises Unverified."""
        key = self.given or own_key(self.mirror, None)
        if key is None:
            raise Unverified("Nothing is known of this log yet: look at it once, or give its key.")
        try:
            head = open_checkpoint(note, [key.verifier])
        except Spoilt as problem:
            raise Unverified(f"That is no checkpoint of this log, and proves nothing: {problem}.") from problem
        files.put({self.home / "seen" / f"{clock.now():{MOMENT}}-{_short(note)}": note})
        return head

    def told(self, who: str) -> int | None:
        """Returns up to which entry somebody was told, or None."""
        raw = files.read(self.home / "told" / who)
        return None if raw is None else int(raw)

    def tell(self, who: str, size: int) -> None:
        """Remembers up to which entry somebody was told."""
        files.put({self.home / "told" / who: str(size).encode()})

    def is_fresh(self, alarm: Alarm, since: dt.datetime) -> bool:
        """Tells whether an alarm was not raised since a moment, and notes that it is now: mail repeats once a day."""
        path = self.home / "alarms" / _short(f"{alarm.kind}\n{alarm.sentence}".encode())
        raw = files.read(path)
        if raw is not None and dt.datetime.fromisoformat(raw.decode()) > since:
            return False
        files.put({path: clock.now().isoformat().encode()})
        return True

    def _silent(self, problem: Unreachable) -> Look:
        """What is known of a log whose address does not answer: how old the copy's checkpoint is."""
        head = self.head()
        if head is None:
            raise problem
        came = (self.mirror / CHECKPOINT).stat().st_mtime
        late = rules.stale(head, self._signed_at() or dt.datetime.fromtimestamp(came, dt.UTC), clock.now())
        if late is None:
            raise problem
        return Look(head, [late], [str(problem)])

    # -- the log itself --------------------------------------------------------------------------------------------

    def _follow(self, found: Look) -> Iterator[Alarm]:
        """Brings the copy up to date, unless what is served contradicts it."""
        note, ours = want(self.source, CHECKPOINT, NOTE), self.head()
        try:
            contradiction = self._contradicts(ours, note)
            if contradiction is None and self._is_new(note):
                self._pull(found)
        except (Unsafe, Unverified, Spoilt) as problem:
            contradiction = self._refused(ours, note, problem)
        if contradiction is not None:
            self._prove(note)
            yield contradiction
        told = (files.read(self.home / "problems") or b"").decode()
        yield from (Alarm(rules.PROBLEM, text) for text in told.splitlines())

    def _pull(self, found: Look) -> None:
        done = pull(self.source, self.mirror, self.given, self.fingerprint)
        found.notes += done.notes
        files.put({self.home / "problems": "".join(f"{text}\n" for text in done.problems).encode()})

    def _contradicts(self, ours: Checkpoint | None, note: bytes) -> Alarm | None:
        if ours is None:
            return None
        key = self._key().verifier
        theirs, mine = open_checkpoint(note, [key]), _Ours(ours, self.mirror, key)
        if theirs.size > ours.size:
            return None
        return rules.compare(ours, theirs, mine.root_of, "is shown now") or rules.rolled_back(ours, theirs)

    def _refused(self, ours: Checkpoint | None, note: bytes, problem: Exception) -> Alarm:
        """Says what a refused pull means: a signed head that does not continue ours is a second history."""
        alarm = Alarm(rules.FALSE, f"What {self.source.name} serves is refused: {problem}")
        try:
            theirs = open_checkpoint(note, [self._key().verifier]) if ours else None
        except Spoilt:
            return alarm
        if ours is None or theirs is None or theirs.size <= ours.size:
            return alarm
        return self._goes_on(ours, theirs, self.source, "is shown now") or alarm

    def _is_new(self, note: bytes) -> bool:
        latest = self.source.get(charters_in.LATEST, charters_in.NOTE)
        return note != files.read(self.mirror / CHECKPOINT) or latest != files.read(self.mirror / charters_in.LATEST)

    def _published_at(self) -> dt.datetime | None:
        """Returns when the newest checkpoint was signed: as its witnesses say, else as the server says of its file."""
        return self._signed_at() or modified(self.source, CHECKPOINT)

    def _signed_at(self) -> dt.datetime | None:
        """Returns when the copy's checkpoint was signed, as its witnesses say; None where none did."""
        note = files.read(self.mirror / CHECKPOINT, NOTE) or b""
        text, lines = parse_note(note)
        charters = walk(charters_in.kept(self.mirror))
        return witnessed_at(charters[-1].charter, text, lines, clock.now()) if charters else None

    # -- what it shows ---------------------------------------------------------------------------------------------

    def _weigh_shown(self, found: Look) -> Iterator[Alarm]:
        """Holds what the hub shows against the copy; what speaks of another size has a day to come round."""
        assert found.head is not None
        mark, waiting = self.home / "shown", self.home / "waiting"
        try:
            seen = self._compare_shown(found, (files.read(mark) or b"").decode())
        except (Unreachable, Unsafe, Unverified) as problem:
            found.notes.append(f"Not compared: {problem}")
            return
        files.put({mark: seen.mark.encode()})
        told = {alarm.sentence for alarm in found.alarms}
        yield from (Alarm(rules.PROBLEM, text) for text in seen.problems if text not in told)
        if not seen.waits:
            waiting.unlink(missing_ok=True)
            return
        found.notes += [f"Not compared: {text}." for text in seen.waits]
        if not waiting.exists():
            files.put({waiting: clock.now().isoformat().encode()})
        late = rules.waits(found.head, seen.waits, dt.datetime.fromisoformat(waiting.read_text()), clock.now())
        yield from [late] if late else []

    def _compare_shown(self, found: Look, mark: str) -> shown.Seen:
        """Compares; what differs is compared once more with a fresh copy, for words may have been taken back since."""
        assert found.head is not None
        seen = shown.look(self.source, self.mirror, found.head.size, mark)
        if seen.problems:
            self._pull(found)
            found.head = self.head() or found.head
            seen = shown.look(self.source, self.mirror, found.head.size, mark)
        return seen

    # -- other readers ---------------------------------------------------------------------------------------------

    def _weigh_seen(self, ours: _Ours) -> Iterator[Alarm]:
        for path in sorted((self.home / "seen").glob("*-*")):
            note = path.read_bytes()
            theirs = open_checkpoint(note, [ours.key])
            if theirs.size > ours.head.size:
                since = dt.datetime.strptime(path.name.partition("-")[0], MOMENT).replace(tzinfo=dt.UTC)
                late = rules.withheld(ours.head, theirs, since, clock.now())
                yield from [late] if late else []
                continue
            alarm = rules.compare(ours.head, theirs, ours.root_of, "another reader was shown")
            if alarm is None:
                path.unlink()
            else:
                self._prove(note)
                yield alarm

    def _ask(self, ours: _Ours, other: Source) -> Alarm | None:
        """Compares with what another address serves of the same log; a longer one has to prove that it goes on."""
        note, head = want(other, CHECKPOINT, NOTE), ours.head
        try:
            theirs = open_checkpoint(note, [ours.key])
        except Spoilt as problem:
            return Alarm(rules.FALSE, f"What {other.name} serves is not of this log: {problem}.")
        if theirs.size <= head.size:
            alarm = rules.compare(head, theirs, ours.root_of, f"{other.name} shows")
        else:
            alarm = self._goes_on(head, theirs, other, f"{other.name} shows")
        if alarm is not None:
            self._prove(note)
        return alarm

    def _goes_on(self, head: Checkpoint, theirs: Checkpoint, other: Source, where: str) -> Alarm | None:
        read = reader(theirs.size, lambda tile: want(other, f"log/{format_path(tile)}", TILE))
        try:
            path = prove_consistency(head.size, theirs.size, read)
            check_consistency(head.size, head.root, theirs.size, theirs.root, path)
        except Spoilt:
            return rules.second(head, theirs, where)
        return None

    def _prove(self, note: bytes) -> None:
        """Keeps a contradicting checkpoint beside ours."""
        own = files.read(self.mirror / CHECKPOINT)
        found = {self.home / "evidence" / f"{_short(raw)}.checkpoint": raw for raw in (note, own) if raw}
        files.put({path: raw for path, raw in found.items() if not path.exists()})

    def _key(self) -> Key:
        known = own_key(self.mirror, None) or self.given
        if known is None:
            raise Unverified("No key of this log is known yet.")
        return known


@dataclass(frozen=True)
class _Ours:
    """The copy's head, and its tree at any size."""

    head: Checkpoint
    folder: Path
    key: Verifier

    def root_of(self, size: int) -> bytes:
        """Returns the root that the copy had at a size."""
        return root_hash(size, reader(self.head.size, lambda tile: read_tile(self.folder, tile)))


def _short(note: bytes) -> str:
    return hashlib.sha256(note).hexdigest()[:16]
