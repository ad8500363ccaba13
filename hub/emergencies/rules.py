"""What a measure may be, how soon one may follow another in the same place, and how long one may last. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from hub.errors import YES, Verdict, no
from hub.permits.actor import FOR_ONE_ACT

ELECTION = "open_election"
KINDS = ("pause_role", "pause_posting", "freeze_settings", "hide_content", ELECTION)
FROZEN = ("change_settings", "change_branch_rule", "register_client")
# What is published in a place's own name. No candidacy, statement, petition, reason or answer is among it.
POSTING = ("declare_link",)
CLOSES = {"freeze_settings": FROZEN, "pause_posting": POSTING}


def may_rest(scopes: Iterable[str], role: str, sources: Iterable[str]) -> bool:
    """Tells whether a measure may rest an office: one of a branch or group that somebody was given there.

    Not whoever is drawn to watch over one act or to take care meanwhile: a measure touches no ballot and no panel, and
    leaves nobody without somebody who answers. scopes, sources: of the role, as the rules have them. Source: 1.6.
    """
    return "hub" not in scopes and not {"lot", "caretaker"} & set(sources) and role not in FOR_ONE_ACT


def may_declare(
    scope_kind: str,
    since: dt.datetime | None,
    earlier: Iterable[dt.datetime],
    own: Iterable[dt.datetime],
    apart_days: int,
    after_days: int,
    now: dt.datetime,
) -> Verdict:
    """Says whether a measure may be declared in a place now.

    since: when the branch or group was registered; earlier: when measures were declared there before that began or may
    yet; own: when whoever declares it did so there before, also where nobody signed second: one member alone alarms no
    place again and again; apart_days: how long none may follow another; after_days: how long what is new is left alone.
    Source: governance.md sections 1.6, 1.9.
    """
    if scope_kind not in ("branch", "group") or since is None:
        return no("emergencies.no_scope", "A measure is about one branch or group.")
    apart = dt.timedelta(days=apart_days)
    if now < since + dt.timedelta(days=after_days):
        return no("emergencies.too_new", f"What is founded is left alone for its first {after_days} days.")
    if any(now < before + apart for before in earlier):
        return no(
            "emergencies.again", f"A measure was declared here in the last {apart_days} days. None follows so soon."
        )
    if any(now < before + apart for before in own):
        return no(
            "emergencies.own_again",
            f"You declared one here in the last {apart_days} days that came to nothing. "
            "Another member of the council can.",
        )
    return YES


def ends_at(begun: dt.datetime, until: dt.datetime, more_days: int, most_days: int) -> dt.datetime:
    """Returns when a measure ends that lasts some days more than it would, and never longer than it may in all.

    begun, until: since when, and until when as it stands; most_days: in all, from the rules. Source: 1.6, a fortnight.
    """
    return min(until + dt.timedelta(days=more_days), begun + dt.timedelta(days=most_days))


def may_extend(
    kind: str, *, is_confirmed: bool, is_asked: bool, until: dt.datetime | None, now: dt.datetime
) -> Verdict:
    """Says whether a measure may be extended now. is_asked: whether an extension runs, or was decided. Source: 1.6."""
    if kind == ELECTION:
        return no("emergencies.nothing_longer", "An election has nothing to extend: it takes its own days.")
    if not is_confirmed or until is None:
        return no("emergencies.not_confirmed", "Only a measure that its panel has confirmed is extended.")
    if is_asked:
        return no("emergencies.extended", "A measure is extended once. That was asked for, or decided, already.")
    return YES if now < until else no("emergencies.over", "This measure is over. What is over is not extended.")
