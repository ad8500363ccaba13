"""What the stand-alone verifier costs: python -m tests.bench.verifier [ENTRIES]. Prints figures; asserts nothing.

Of so many entries two in five have words beside them, and one in five is an act of office that a passkey signed; the
rest are counts. The log lies in a folder, as a mirror does. Aim: 100 000 entries in under 20 s.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from hub import clock, ids
from hub.branches.entries import AreaDeclared
from hub.constitution.actions import default_text
from hub.constitution.entries import ConstitutionAdopted, HubFounded, SeatTaken
from hub.ledger import entries, signed
from hub.ledger.files import put
from hub.ledger.openings import format_file, seal_words
from hub.permits.entries import HolderNamed, KeyRegistered
from hub.tlog.checkpoint import Checkpoint, sign_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.note import Signer, format_vkey
from hub.tlog.tiles import FULL, format_bundle, format_path, format_tile, new_bundles, new_tiles
from tests.authenticator import Authenticator, cose_of
from tests.published import state_for
from tests.verifier import verifier

ORIGIN, HOME = "bench.example/log", "https://bench.example"
AT = clock.parse_minute("2026-11-21T20:00Z")


def main(count: int) -> None:
    """Writes a log of ``count`` entries into a folder and verifies it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, count)
        wall, cpu = time.perf_counter(), time.process_time()
        report = verifier.Reader(verifier.Folder(folder)).judge(None, None)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        facts = report.facts()
        print(f"{count} entries, {facts['signed_by_office_holders']} of them signed: {cpu:.2f} s of CPU, {wall:.2f} s")
        print(f"holds: {facts['holds']}; entries that change nothing: {len(facts['entries_that_change_nothing'])}")


def write(folder: Path, count: int, *, says_state: bool = True) -> None:
    """Writes entries, openings, tiles and checkpoint. says_state: and state.json, which takes a fold of all of it."""
    signer, raws = Signer(ORIGIN, b"B" * 32), []
    words: dict[int, list[str]] = {}
    for index, (entry, opened) in enumerate(records(format_vkey(signer.verifier))):
        if index == count:
            break
        raws.append(entries.format_entry(entry))
        if opened:
            file = folder / f"openings/{index}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            words[index] = [one.disclosure for one in opened]
            file.write_bytes(format_file(index, words[index]))
    tree = Tree(map(leaf_hash, raws))
    for tile in new_bundles(0, count):
        put({folder / "log" / format_path(tile): format_bundle(raws[tile.start : tile.start + FULL])})
    put({folder / "log" / format_path(tile): format_tile(tile, tree.read) for tile in new_tiles(0, count)})
    head = Checkpoint(ORIGIN, count, tree.root())
    put({folder / "log/checkpoint": sign_checkpoint(head, signer)})
    if says_state:
        lines = ((raw, words.get(index, [])) for index, raw in enumerate(raws))
        put({folder / "state.json": state_for(head, lines)})


def records(vkey: str) -> Iterator[tuple[entries.Entry, list[Any]]]:
    """Yields entries without end: a hub with one council member, who declares areas and signs it."""
    text, device, holder = default_text(), Authenticator(), ids.new("hld")
    key, cose = ids.new("key"), signed.to_text(cose_of(device.key))
    yield made(HubFounded(ORIGIN, vkey, "0.1.0"), None, name="Bench")
    yield made(ConstitutionAdopted(1, text, sha256(text.encode()).hexdigest()), 0)
    yield made(HolderNamed(holder), 1, shown="Ana")
    until = clock.format_minute(AT + dt.timedelta(days=180))
    yield made(SeatTaken(ids.new("grt"), "council", holder, until), 0)
    yield made(KeyRegistered(holder, key, cose, "es256"), 1)
    number = 0
    while True:
        number += 1
        yield made(HolderNamed(ids.new("hld")), 1, shown=f"Holder {number}")
        yield count_of(number)
        yield made(HolderNamed(ids.new("hld")), 1, shown=f"Holder {number}, again")
        yield count_of(number)
        entry, _ = made(AreaDeclared("ana-land", ["Ana", f"Land {number}"], ["AN1"]), 3)
        yield replace(entry, sig=assertion(device, key, entry)), []


def made(record: Any, by: int | None, **words: str) -> tuple[entries.Entry, list[Any]]:
    """An entry of a record, with its openings."""
    opened, spec = seal_words(words), entries.type_of(type(record))
    sd = tuple(one.digest for one in opened)
    return entries.Entry(spec.name, AT, by, entries.data_of(record), sd), opened


def count_of(number: int) -> tuple[entries.Entry, list[Any]]:
    """The matcher's count of a day."""
    return entries.Entry("matcher.counted", AT, None, {"day": "2026-11-21", "evaluations": number, "sent": 1}), []


def assertion(device: Authenticator, key: str, entry: entries.Entry) -> dict[str, Any]:
    """What a passkey signs of an act."""
    challenge = signed.to_text(signed.digest_of(entry))
    answer = json.loads(device.sign({"rpId": "bench.example", "challenge": challenge}, HOME))["response"]
    parts = (
        base64.urlsafe_b64decode(answer[name] + "==") for name in ("authenticatorData", "clientDataJSON", "signature")
    )
    return signed.format_sig(signed.Sig(key, *parts))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
