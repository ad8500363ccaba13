"""What a measure may be, and how soon one may follow another in the same place. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from hub.errors import YES, Verdict, no
from hub.permits.actor import FOR_ONE_ACT

KINDS = ("pause_role", "pause_posting", "freeze_settings", "hide_content")
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
    days: int,
    now: dt.datetime,
) -> Verdict:
    """Says whether a measure may be declared in a place now.

    since: when the branch or group was registered; earlier: when measures were declared there before that began or may
    yet; own: when whoever declares it did so there before, also where nobody signed second: one member alone alarms no
    place again and again; days: how long none may follow another, and how long what is new is left alone.
    Source: governance.md sections 1.6, 1.9.
    """
    if scope_kind not in ("branch", "group") or since is None:
        return no("emergencies.no_scope", "A measure is about one branch or group.")
    apart = dt.timedelta(days=days)
    if now < since + apart:
        return no("emergencies.too_new", f"What is founded is left alone for its first {days} days.")
    if any(now < before + apart for before in earlier):
        return no("emergencies.again", f"A measure was declared here in the last {days} days. None follows so soon.")
    if any(now < before + apart for before in own):
        return no(
            "emergencies.own_again",
            f"You declared one here in the last {days} days that came to nothing. Another member of the council can.",
        )
    return YES
