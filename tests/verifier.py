"""The stand-alone verifier of deploy/verify, as tests ask it: loaded from its file, as a stranger has it."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from hub.db import Database
from hub.ledger.state import format_state, state_of
from hub.tlog.checkpoint import Checkpoint

FILE = Path(__file__).resolve().parents[1] / "deploy/verify/verify.py"
NOBODY = Checkpoint("nowhere.example/log", 0, bytes(32))


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("standalone_verifier", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


verifier = _load()


def fold(lines: Iterable[tuple[bytes, Iterable[str]]]) -> Any:
    """Folds entries with their disclosures, as the verifier does."""
    found = verifier.Fold()
    for index, (raw, disclosures) in enumerate(lines):
        entry = verifier.entry_of(index, raw)
        told = json.dumps({"index": index, "openings": list(disclosures)}).encode()
        words = verifier.words_of(entry, told) if entry.sd else {}
        found.read(entry, {name: value for name, (_digest, value) in words.items()})
    return found


def differences(folded: Any, db: Database) -> list[str]:
    """In which rows the verifier's fold differs from the public tables of a hub."""
    with db.read() as tx:
        said = json.loads(format_state(NOBODY, state_of(tx)))["tables"]
    hidden = {act.id for act in folded.acts.values() if act.procedure == "hide" or act.scope is None}
    return list(verifier.compare(said, verifier.tables(folded), hidden))


def signatures(lines: Iterable[bytes]) -> list[str]:
    """What the verifier says of each entry's signature: signed, plain, or why not."""
    folded, found = fold((raw, ()) for raw in lines), []
    void = {one.index: one.why for one in folded.void}
    signed = {index for index, _key in folded.signatures.seen.values()}
    for index in range(folded.size):
        found.append(f"bad: {void[index]}" if index in void else "signed" if index in signed else "plain")
    return found
