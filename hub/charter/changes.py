"""What a charter changes against the one before, in words: what a trustee reads before signing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hub.charter.text import Charter, format_fingerprint, text_hash
from hub.tlog.hashes import format_base64
from hub.tlog.note import Verifier, format_vkey
from hub.tlog.policy import Policy


def told(charter: Charter) -> list[str]:
    """Returns what a charter says, a sentence a line."""
    return list(_told(charter))


def changes(old: Charter, new: Charter) -> list[str]:
    """Returns what is different in ``new``, a sentence a line; the version, and what it continues, are not named."""
    return list(_changes(old, new))


def _told(charter: Charter) -> Iterator[str]:
    policy = charter.policy
    yield f"Charter {charter.version} of {charter.hub}, until {charter.expires}."
    yield f"{charter.threshold} of {len(charter.trustees)} trustees must sign the next one:"
    yield from (f"    {format_vkey(key)}" for key in charter.trustees)
    yield f"The hub is at {charter.issuer}."
    yield f"Its log is signed by {format_vkey(policy.logs[0].key)}."
    if charter.federation_key:
        yield f"Its federation key is {charter.federation_key}."
    if charter.continues:
        head = charter.continues
        yield (
            f"It carries on from {head.origin} at entry {head.size}, WITHOUT {head.origin}'s TRUSTEES. Up to there its "
            f"record is theirs, with the root {format_base64(head.root)}."
        )
    yield from _witnesses(policy)


def _witnesses(policy: Policy) -> Iterator[str]:
    if policy.quorum == "none":
        yield "No witness has to sign the record before it counts."
        return
    yield f"At least {policy.fewest()} of {len(policy.witnesses)} witnesses sign the record before it counts:"
    yield from (f"    {one.name} {format_vkey(one.key)} {one.url}".rstrip() for one in policy.witnesses)
    yield from (f"    {group.name}: {group.needed} of {', '.join(group.members)}" for group in policy.groups)


def _changes(old: Charter, new: Charter) -> Iterator[str]:
    yield from _listed("trustee", _keys(old.trustees), _keys(new.trustees))
    if (old.threshold, len(old.trustees)) != (new.threshold, len(new.trustees)):
        yield (
            f"{new.threshold} of {len(new.trustees)} trustees must sign, "
            f"instead of {old.threshold} of {len(old.trustees)}."
        )
    if old.expires != new.expires:
        yield f"It holds until {new.expires}, instead of {old.expires}."
    if old.issuer != new.issuer:
        yield f"THE HUB MOVES from {old.issuer} to {new.issuer}."
    before, after = old.policy.logs[0], new.policy.logs[0]
    if before.key != after.key:
        yield (
            f"THE LOG'S KEY CHANGES: {format_vkey(after.key)} signs the record, "
            f"and {format_vkey(before.key)} no longer does."
        )
    if before.url != after.url:
        yield f"The log is read at {after.url}, instead of {before.url}."
    if old.federation_key != new.federation_key:
        yield f"The federation key is {new.federation_key or 'none'}, instead of {old.federation_key or 'none'}."
    yield from _listed("witness", _placed(old.policy), _placed(new.policy))
    if (old.policy.quorum, old.policy.groups) != (new.policy.quorum, new.policy.groups):
        yield (
            f"At least {new.policy.fewest()} of {len(new.policy.witnesses)} witnesses must sign the record, "
            f"instead of {old.policy.fewest()} of {len(old.policy.witnesses)}."
        )


def _listed(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    yield from (f"No longer a {what}: {name} ({key})." for key, name in old.items() if key not in new)
    yield from (f"New {what}: {name} ({key})." for key, name in new.items() if key not in old)


def _keys(keys: Iterable[Verifier]) -> dict[str, str]:
    return {format_vkey(key): key.name for key in keys}


def _placed(policy: Policy) -> dict[str, str]:
    return {f"{format_vkey(one.key)} {one.url}".rstrip(): one.name for one in policy.witnesses}


def fingerprint_of(text: str) -> str:
    """Returns a charter's fingerprint as it is printed."""
    return format_fingerprint(text_hash(text))


def digits_of(charter: Charter, text: str) -> dict[str, str]:
    """Returns what to compare of a charter before it is signed, by what it is called.

    The hub's fingerprint is charter 1's and stays so: other digits under that word would teach people to pass over it.
    """
    return {"Fingerprint" if charter.version == 1 else "Hash": fingerprint_of(text)}


def comparing(charter: Charter) -> str:
    """Returns the question whether its digits were compared, and with what."""
    if charter.version == 1:
        return "did you compare the fingerprint"
    return "does every other trustee read the same hash (the fingerprint on paper is charter 1's, and stays)"
