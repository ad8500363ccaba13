"""Words of draws: what members may say of themselves, what is known of a signature, why a seat changed hands."""

from __future__ import annotations

from hub.draws.beacons import Signature
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


def of_signature(signature: Signature) -> str:
    """Says what is known of the signature of a value that was read; why not, where it was not checked."""
    if signature.state == "waiting" and signature.tried:
        return _("not checked: the certificate that this pulse names could not be fetched from NIST so far")
    return _SIGNATURES[signature.state]


_SIGNATURES = {
    "waiting": _("not checked yet: the certificate that this pulse names is being fetched from NIST"),
    "checked": _(
        "checked: it is signed with the key of engine.beacon.nist.gov, whose certificate a known authority issued"
    ),
    "wrong": _(
        "CHECKED, AND WRONG: its signature is not one of the key that it names. Look at the source yourself, and tell "
        "the others"
    ),
    "length": _(
        "not checked: the certificate that this pulse names has a key of another length than the signature. That is "
        "the source’s own slip, and nobody can check it"
    ),
    "unknown": _(
        "not checked: the certificate that this pulse names is none that a known authority issued to NIST’s beacon for "
        "that minute"
    ),
    "suite": _("not checked: it is signed in a way that this hub does not know"),
    "typed": _("not checked: the digits were typed alone, and the signature stands in the site’s whole answer"),
    "bls": _(
        "this is the signature. This hub does not check it: that takes software for BLS12-381 and the public key of "
        "the network, whose site names some"
    ),
}
