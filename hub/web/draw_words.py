"""Words of draws: what members may say of themselves, why a seat changed hands."""

from __future__ import annotations

from hub.draws.strata import NOT_SAID
from hub.web.texts import _


def said() -> dict[str, str]:
    """Returns what may be said, in words: what is asked for, and the answers."""
    return {
        "age": _("Age"),
        "under-25": _("under 25"),
        "25-to-34": _("25 to 34"),
        "35-to-49": _("35 to 49"),
        "50-to-64": _("50 to 64"),
        "65-or-over": _("65 or over"),
        "disability": _("Disability"),
        "disabled": _("disabled"),
        "not-disabled": _("not disabled"),
        "ethnicity": _("Ethnic group"),
        "asian": _("Asian"),
        "black": _("Black"),
        "mixed": _("Mixed"),
        "white": _("White"),
        "another": _("Another"),
        "gender": _("Gender"),
        "woman": _("woman"),
        "man": _("man"),
        "non-binary": _("non-binary"),
        NOT_SAID: _("I do not say"),
    }


def reasons() -> dict[str, str]:
    """Returns why a ticket left its seat, in words."""
    return {
        "declined": _("declined"),
        "silent": _("did not answer in 48 hours"),
        "conflict": _("is a party, or holds an office with one"),
        "struck": _("was struck by a side"),
        "left": _("may no longer sit"),
    }
