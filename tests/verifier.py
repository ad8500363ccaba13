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
from hub.draws import chain
from hub.ledger.state import format_state, state_of
from hub.permits.shown import Shown
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


def new_fold() -> Any:
    """A fold from the first entry on. It takes the draws of tests, whose beacon's secret everybody knows."""
    return verifier.Fold(rehearsal=chain.is_rehearsal())


def fold(lines: Iterable[tuple[bytes, Iterable[str]]]) -> Any:
    """Folds entries with their disclosures, as the verifier does."""
    found = new_fold()
    for raw, disclosures in lines:
        read_next(found, raw, disclosures)
    return found


def read_next(folded: Any, raw: bytes, disclosures: Iterable[str]) -> None:
    """Hands a fold its next entry."""
    entry = verifier.entry_of(folded.size, raw)
    told = json.dumps({"index": folded.size, "openings": list(disclosures)}).encode()
    words = verifier.words_of(entry, told) if entry.sd else {}
    folded.read(entry, {name: value for name, (_digest, value) in words.items()})


def differences(folded: Any, db: Database) -> list[str]:
    """In which rows the verifier's fold differs from the public tables of a hub."""
    with db.read() as tx:
        said = json.loads(format_state(NOBODY, state_of(tx)))["tables"]
    return list(verifier.compare(said, verifier.tables(folded)))


def standing(folded: Any, said: Shown) -> dict[str, dict[str, Any]]:
    """Who holds what by the verifier's fold, at the moment for which a hub shows it."""
    return dict(verifier.standing(folded, said.at))


def signatures(lines: Iterable[bytes]) -> list[str]:
    """What the verifier says of each entry's signature: signed, plain, or why not."""
    folded = fold((raw, ()) for raw in lines)
    found = dict.fromkeys(range(folded.size), "plain")
    found |= {index: "signed" for index, _key in folded.signatures.seen.values()}
    found |= {one.index: f"bad: {one.why}" for one in folded.void}
    return list(found.values())
