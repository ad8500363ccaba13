"""The names of all letters, and the closed list of what each may say. Both who writes and who sends know only this.

A letter never carries a member number, a postcode, a legal name or the organisation: it says that something waits, and
the page behind the sign-in says what. Parameters are public slugs, names of groups that the reader belongs to, and of
a change of public settings the settings: those name nobody.
"""

from __future__ import annotations

LETTERS: dict[str, tuple[str, ...]] = {
    "welcome": (),
    "founder_joined": ("place",),
    "confirmation_waits": ("place",),
    "registered": ("place",),
    "group_dormant": ("place",),
    "branch_dormant": ("place",),
    "closure_waits": ("place",),
    "group_closing": ("place",),
    "group_closed": ("place",),
    "merger_waits": ("place",),
    "group_merging": ("place",),
    "group_merged": ("place",),
    "objected": ("place",),
    "founding_refused": ("place",),
    "lapsed": ("place",),
    "appointed": ("place",),
    "appointment_waits": ("place",),
    "appointment_begins": ("place",),
    "link_announced": ("place",),
    "ballot_demanded": ("place",),
    "power_frozen": ("place",),
    "withdrawn": ("place",),
    "statement_waits": ("place",),
    "settings_wait": ("place", "what"),
    "hidden": ("place",),
    "hiding_waits": ("place",),
    "measure_declared": ("place",),
    "measure_begun": ("place",),
    "case_moved": ("place",),
    "complaint_ended": ("place",),
    "measure_extended": ("place",),
    "draw_seat": ("place",),
    "draw_objection": ("place",),
    "caretaker_begins": ("place",),
    "recall_opened": ("place",),
    "recalled": ("place",),
    "election_opens": ("place",),
    "election_ended": ("place",),
    "election_undone": ("place",),
    "ballot_opens": ("place",),
    "ballot_closes": ("place",),
    "ballot_moved": ("place",),
    "ballot_counted": ("place",),
    "count_objection": ("place",),
    "elected": ("place",),
    "office_key_missing": ("place",),
    "request_waits": ("place",),
    "request_accepted": ("place",),
    "request_declined": ("place",),
    "membership_ended": (),
    "contact_unverified": (),
    "membership_ending": (),
    "membership_held": (),
    "record_differs": (),
    "membership_goes_on": (),
    "withdrawal_waits": ("place",),
    "standin_begins": ("place",),
    "standin_ended": ("place",),
    "client_waits": ("place",),
    "client_begins": ("place",),
    "client_moves": ("place",),
    "client_stays": ("place",),
    "addresses_refused": ("place",),
    "client_registered": ("place",),
    "client_secret": ("place",),
    "client_stopped": ("place",),
    "site_stopped": ("place",),
    "passkey_added": ("lock",),
    "passkey_removed": ("lock",),
    "account_locked": (),
    "looked_at": ("many",),
    "account_closing": (),
    "account_closed": (),
    "recovery_waits": ("lock",),
    "recovery_stopped": (),
    "recovery_done": ("lock",),
}
"""Name to parameters. place: the path of the page that says more, such as /groups/york-tenants.

what: public settings that somebody proposed, from what to what; it names a group or branch, and nobody.

many: how often, and nothing else.

lock: a signed text for /account/lock/, where one press locks the account or stops a recovery.
"""

TO_TYPED: dict[str, tuple[str, ...]] = {"confirm_address": ("address", "code")}
"""The one letter that goes to an address its member typed, to be shown to one site: never kept in the hub's store."""
