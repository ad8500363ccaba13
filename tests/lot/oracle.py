"""A second implementation of the draw, from docs/draws.md alone: it reads the published JSON and shares no code with
hub/lot. Slow and plain on purpose: every ticket is tried by counting the panel from the start.
"""

from __future__ import annotations

import hashlib
import itertools
import json


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def seed_of(file):
    pool = sorted(file["pool"], key=lambda item: item["ticket"])
    frozen = sha(json.dumps({"tickets": pool}, sort_keys=True, separators=(",", ":")))
    return frozen, sha("|".join([file["act"], frozen, file["said"]]))


def panel_of(file, seed):
    strata = {item["ticket"]: item["strata"] for item in file["pool"]}

    def have(panel, quota):
        return sum(strata[name].get(quota["key"]) == quota["value"] for name in panel)

    def owed(panel, key):
        return sum(max(0, q["least"] - have(panel, q)) for q in file["quotas"] if q["key"] == key)

    def allowed(panel):
        left = file["size"] - len(panel)
        keys = {quota["key"] for quota in file["quotas"]}
        return all(have(panel, q) <= q["most"] for q in file["quotas"]) and all(owed(panel, k) <= left for k in keys)

    for number in itertools.count():
        order = sorted(strata, key=lambda name: sha(f"{seed}|{number}|{name}"))
        panel = []
        for name in order:
            if len(panel) < file["size"] and allowed([*panel, name]):
                panel.append(name)
        if len(panel) == file["size"]:
            return number, order, panel, [name for name in order if name not in panel]
    raise AssertionError


def replaced(file, accepted, reserves):
    """Plays the published replacements; returns who sits, or None as soon as one is not what the order gives."""
    strata = {item["ticket"]: item["strata"] for item in file["pool"]}
    keys = {quota["key"] for quota in file["quotas"]}
    sitting, waiting = list(accepted), list(reserves)
    for step in file["replaced"]:
        if step["out"] not in sitting:
            return None
        alike = [n for n in waiting if all(strata[n][k] == strata[step["out"]][k] for k in keys)]
        passed = [item["ticket"] for item in step["passed"]]
        follows = alike[len(passed)] if len(alike) > len(passed) else None
        if alike[: len(passed)] != passed or follows != step["successor"]:
            return None
        place = sitting.index(step["out"])
        sitting[place : place + 1] = [follows] if follows else []
        waiting = [n for n in waiting if n not in passed and n != follows]
    return sitting


def faults(raw):
    """What a published file gets wrong, by name."""
    file = json.loads(raw)
    frozen, seed = seed_of(file)
    number, order, accepted, reserves = panel_of(file, seed)
    found = {
        "pool_hash": frozen, "seed": seed, "round": number, "order": order, "accepted": accepted, "reserves": reserves,
    }  # fmt: skip
    wrong = [name for name, value in found.items() if file[name] != value]
    if not wrong and replaced(file, accepted, reserves) is None:
        wrong.append("replaced")
    return wrong
