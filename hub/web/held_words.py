"""What each column is called on the page of everything that is held; where two tables mean two things, by table."""

from __future__ import annotations

from hub.inventory import Field, Line
from hub.web.texts import _

_NAMES = {
    "about": _("About which entry"), "added_at": _("Sent"), "act": _("In which act"),
    "address_confirmed": _("Whether the address was confirmed"),
    "address_sealed": _("An address that you show to this site"), "answer": _("The answer"),
    "answered_at": _("Answered"), "area": _("Area"), "area_before": _("Area before"), "area_since": _("Area since"),
    "asked": _("What the site asked for"), "asked_at": _("Asked"), "at": _("When"),
    "at_home": _("May be drawn in your own branch and groups"), "ballot": _("Ballot"), "begun_at": _("Begun"),
    "branch": _("Branch"), "branch_id": _("Branch"), "by": _("By whom"), "by_person": _("Whose it is"),
    "challenge": _("The site’s challenge"), "change": _("What changes"), "client": _("Site"),
    "closed_at": _("Settled"), "code_hash": _("A hash of the code"), "day": _("Day"), "done_at": _("Done"),
    "due_at": _("Due"), "ended_at": _("Ended"), "entry": _("Entry of the record"),
    "entry_ref": _("The name of your row on the list, which only the separate machine can read"),
    "fields": _("What you wrote so far"), "given_at": _("Given"), "group": _("Group"),
    "handle": _("A random name for your passkeys"), "hash": _("A hash of the secret"), "held_at": _("Held since"),
    "holder": _("Your name in the public record"), "id": _("Number of the row"),
    "is_device_bound": _("Stays on its device"), "kept_at": _("Said to be right"),
    "kept_by": _("By whom, by their name in the record"), "kind": _("Kind"), "left_area": _("Out of which area"),
    "letter_at": _("Proved by a letter"), "locked_at": _("Locked by you"), "made_at": _("Made"),
    "many": _("How many"), "mark": _("A hash, by which a case knows you again"),
    "media": _("What it is"), "name": _("What you call it"), "next_at": _("Tried again"), "nickname": _("Nickname"),
    "nonce": _("The site’s random number"), "number": _("Number of the request"), "outcome": _("What became of it"),
    "owed_at": _("Owed since"), "params": _("What is in it"), "passkey_at": _("Last proved by a passkey"),
    "person": _("Your random name here"),
    "place": _("Which of the files there"), "proved_at": _("Proved"), "proved_by": _("Proved by"),
    "proven_at": _("Proved"), "public_key": _("The public half of the key"), "redirect_uri": _("Where it leads"),
    "removed_at": _("Removed"), "rests_until": _("Your powers rest until"), "role": _("Office"),
    "said_at": _("Said"), "salt": _("Your salt, by which you find yourself in the roll"), "scope": _("What it covers"),
    "scope_id": _("Where"), "scope_kind": _("Where: hub, branch or group"), "sealed": _("Sealed address"),
    "seed": _("What your names at sites are made from"), "seen_at": _("Last visit"), "sent_at": _("Sent"),
    "sha256": _("Its SHA-256"),
    "session": _("Which of your sign-ins here"), "shown": _("What members see"),
    "shown_from": _("Shown from"),
    "sign_count": _("How often it was used, as it says"),
    "sign_in": _("Which sign-in"), "silent": _("Without asking again"), "since": _("Since"),
    "size": _("How many bytes"),
    "started_at": _("Began"), "step": _("Which step of it"), "stratum": _("Which part of the pool"),
    "template": _("Which letter"), "ticket": _("Ticket"), "token_hash": _("A hash of the secret"),
    "title": _("What it is called"),
    "told": _("What is told"), "tries": _("Tries"), "until_at": _("Until"), "url": _("Address"),
    "used_at": _("Last used"),
    "used_by": _("Used by"), "volunteers": _("Offers to serve on councils and panels"), "voted": _("Whether you voted"),
    "vouched_at": _("Vouched for"), "what": _("What"), "why": _("Why"), "withdrawn_at": _("Withdrawn"),
    "word": _("About what"), "side": _("On which side"), "body": _("What you said"),
    "complainant": _("Your random name here"), "respondent": _("Of whom"),
}  # fmt: skip
_BY_TABLE = {
    "files.about": _("What you sent it for"),
    "files.name": _("What you called it"),
    "recoveries.told": _("How often you were told"),
    "feed_changes.told": _("How often you were told"),
    "sign_ins.what": _("The groups and offices that the site was told"),
    "looks.delay": _("The panel’s order that delayed it"),
    "looks.fields": _("Which fields"),
    "looks.holder": _("Who, by their name in the record"),
    "looks.told_at": _("Told you by letter"),
    "looks.purpose": _("For what"),
    "tokens.until_at": _("Good until"),
}


def label(line: Line, field: Field) -> str:
    """Returns what a column is called. Raises KeyError for one without a name; a test asks for all."""
    return _BY_TABLE.get(f"{line.table}.{field.name}") or _NAMES[field.name]
