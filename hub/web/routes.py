"""The one table of addresses: method, path, handler, who may come, and which unit of work is opened around it.

What a visitor may do beyond opening a page, the rooms decide. Every room's pages have a section.
"""

from __future__ import annotations

from dataclasses import replace

from hub.errors import NotFound
from hub.web import (
    account,
    case_routes,
    channels,
    consent,
    dev,
    draws,
    files,
    handshake,
    health,
    held,
    leaving,
    look_counts,
    looks,
    me,
    member_receipts,
    offices,
    passkeys,
    provider,
    record_keys,
    recovery,
    rooms,
    sites,
    spreadsheet,
    static,
    uploads,
)
from hub.web.access import Needs
from hub.web.context import Answer, Asked
from hub.web.handling import Route, get, machine, post
from hub.web.levels import LEVELS

PERSON, NAMED = Needs.PERSON, Needs.NAMED


def _nothing(asked: Asked) -> Answer:
    raise NotFound


nothing_here = get("/{rest:path}", _nothing)

HANDSHAKE = (
    get("/join", handshake.show_join),
    post("/join", handshake.hand_over, again=handshake.show_join, unit="own"),
    get("/join/code", handshake.show_code),
    post("/join/code", handshake.redeem_code, again=handshake.show_code, unit="own"),
    post("/join/vouched", handshake.redeem_vouched, unit="own"),
    get("/join/letter", handshake.show_letter),
    post("/join/letter", handshake.redeem_letter, again=handshake.show_letter, unit="own"),
    get("/join/name", handshake.show_name, PERSON),
    post("/join/name", handshake.take_name, PERSON, again=handshake.show_name),
    get("/join/done", handshake.show_done, NAMED),
    get("/sign-in", handshake.show_sign_in),
    post("/sign-in/passkey", passkeys.ask_to_sign_in, unit="read"),
    post("/sign-in/passkey/answer", passkeys.sign_in, again=passkeys.show_again, unit="own"),
    post("/sign-in", handshake.hand_over, again=handshake.show_sign_in, unit="own"),
)
ACCOUNT = (
    get("/sign-out", account.show_sign_out),
    post("/sign-out", account.sign_out),
    get("/account", account.show, NAMED),
    get("/account/name", handshake.show_name, NAMED),
    post("/account/name", handshake.take_name, NAMED, again=handshake.show_name),
    get("/account/passkeys", passkeys.show, NAMED),
    post("/account/passkeys/new", passkeys.ask_to_add, NAMED),
    post("/account/passkeys/another", passkeys.ask_to_add_another, NAMED),
    post("/account/passkeys", passkeys.add, NAMED, again=passkeys.show),
    post("/account/passkeys/{passkey}/remove", passkeys.remove, NAMED),
    post("/account/passkeys/{passkey}/record", record_keys.record, NAMED),
    get("/account/passkeys/{passkey}/vouching", record_keys.show_vouching, NAMED),
    post("/account/passkeys/{passkey}/vouching", record_keys.vouch, NAMED, again=record_keys.show_vouching),
    post("/account/keys/{key}/withdrawal", record_keys.withdraw, NAMED),
    get("/account/lock/{token}", recovery.show_lock),
    post("/account/lock/{token}", recovery.lock),
    post("/account/lock/{token}/stop", recovery.stop_by_letter),
    get("/account/recovery", recovery.show, PERSON),
    post("/account/recovery", recovery.begin, PERSON),
    post("/account/recovery/letter", recovery.prove_by_letter, PERSON, again=recovery.show, unit="own"),
    post("/account/recovery/passkey", recovery.prove_by_passkey, PERSON, again=recovery.show),
    post("/account/recovery/stop", recovery.stop, PERSON),
    post("/account/recovery/finish", recovery.finish, PERSON),
    get("/vouch", recovery.show_vouch, NAMED),
    post("/vouch", recovery.vouch, NAMED, again=recovery.show_vouch),
    get("/account/closing", leaving.show, NAMED),
    post("/account/closing", leaving.ask, NAMED),
    post("/account/closing/withdrawal", leaving.keep, NAMED),
    post("/account/sessions/end", account.end_others, PERSON),
    post("/account/sessions/{session}/end", account.end_session, PERSON),
)
ME = (
    get("/me", me.show, NAMED),
    get("/me/notices", me.show_notices, NAMED),
    get("/me/sites", sites.mine, NAMED),
    post("/me/sites/{client}/withdrawal", sites.withdraw_consent, NAMED),
    get("/me/looks", looks.show, NAMED),
    post("/me/looks/key", looks.give_key, NAMED),
    post("/me/looks/key/withdrawal", looks.take_key_back, NAMED),
    get("/me/looks/{look}", looks.question, NAMED),
    get("/looks", looks.ask, NAMED),
    get("/looks/counts", look_counts.show),
    post("/looks", looks.open_one, NAMED, again=looks.ask),
    get("/me/draws", draws.wishes, NAMED),
    post("/me/draws", draws.keep_wishes, NAMED, again=draws.wishes),
    post("/me/draws/said", draws.say, NAMED, again=draws.wishes),
    get("/me/held", held.show, NAMED),
    get("/me/export", held.export, NAMED),
    get("/me/export.csv", spreadsheet.show, NAMED),
    get("/me/correct", held.correct, NAMED),
    get("/me/receipt", member_receipts.show, NAMED),
    post("/me/receipt", member_receipts.take, NAMED, again=member_receipts.show),
    get("/receipts", member_receipts.ask),
    post("/receipts", member_receipts.check, again=member_receipts.ask),
)
FILES = (
    get("/log/checkpoint", files.checkpoint, unit="none"),
    get("/log/tile/{tile:path}", files.tile, unit="none"),
    get("/openings/{name}", files.opening, unit="none"),
    get("/files/{sha256}", files.large, unit="none"),
    get("/evidence/{file}", uploads.show, NAMED, unit="write"),
    get(uploads.GIVEN + "{token}", uploads.give),
    get("/charter/{name}", files.charter, unit="none"),
    get("/git/hub.git/{name:path}", files.git, unit="none"),
    get("/state.json", files.public, unit="none"),
    get("/config.json", files.public, unit="none"),
    get("/verified.json", files.public, unit="none"),
    machine("GET", "/powers.json", offices.for_programs, unit="read"),
    get("/constitution.toml", files.public, unit="none"),
    get("/source.tar.gz", files.public, unit="none"),
    get("/static/{name}", static.show, unit="none"),
    get("/favicon.ico", static.icon, unit="none"),
)
PROVIDER = (
    machine("GET", "/.well-known/openid-configuration", provider.discovery, unit="ready"),
    machine("GET", "/.well-known/oauth-authorization-server", provider.discovery, unit="ready"),
    machine("GET", "/oidc/jwks.json", provider.jwks, unit="ready"),
    get("/oidc/authorize", consent.authorize, unit="write"),
    machine("POST", "/oidc/authorize", consent.authorize_by_form, unit="none"),
    get("/oidc/consent", consent.show_consent, NAMED),
    post("/oidc/consent", consent.consent, NAMED, again=consent.show_consent),
    post("/oidc/refusal", consent.deny, NAMED),
    post("/oidc/address", consent.send_address, NAMED, again=consent.show_consent),
    post("/oidc/address/code", consent.confirm_address, NAMED, again=consent.show_consent),
    machine("POST", "/oidc/token", provider.token),
    machine("GET", "/oidc/userinfo", provider.userinfo, unit="read"),
    machine("POST", "/oidc/userinfo", provider.userinfo, unit="read"),
    machine("POST", "/oidc/introspect", provider.introspect, unit="own"),
    machine("POST", "/oidc/revoke", provider.revoke),
    machine("POST", "/oidc/par", provider.push),
    machine("POST", "/oidc/register", provider.register),
    machine("GET", "/oidc/register/{client}", provider.manage, unit="read"),
    machine("DELETE", "/oidc/register/{client}", provider.manage),
    get("/oidc/logout", consent.show_logout, unit="write"),
    machine("POST", "/oidc/logout", consent.logout_by_form, unit="none"),
    post("/oidc/goodbye", consent.logout),
    *(machine("OPTIONS", path, provider.preflight, unit="ready") for path in provider.FROM_ANYWHERE),
)
FEDERATION = (
    machine("GET", "/.well-known/openid-federation", channels.configuration, unit="none"),
    machine("GET", "/federation/fetch", channels.fetch, unit="read"),
    machine("GET", "/federation/list", channels.listing, unit="read"),
    machine("GET", "/federation/trust-mark", channels.trust_mark, unit="read"),
    machine("GET", "/federation/trust-marked", channels.trust_marked, unit="read"),
    machine("POST", "/federation/trust-mark-status", channels.trust_mark_status, unit="read"),
    machine("GET", "/federation/historical-keys", channels.historical_keys, unit="none"),
)
MACHINE = (
    get("/healthz", health.alive, unit="none"),
    get("/readyz", health.ready),
)
DEMO = (
    get("/dev/mail", dev.show_mail),
    get("/dev/clock", dev.show_clock),
    post("/dev/clock", dev.move_clock, again=dev.show_clock, unit="own"),
    get("/dev/errors", dev.show_errors),
    get("/dev/errors/{status}", dev.show_error),
    get("/dev/look", dev.show_look),
)

_ALL: tuple[Route, ...] = (
    *rooms.ROUTES,
    *case_routes.ROUTES,
    *HANDSHAKE,
    *ACCOUNT,
    *ME,
    *PROVIDER,
    *FEDERATION,
    *FILES,
    *MACHINE,
    *DEMO,
)
ROUTES = tuple(replace(route, level=LEVELS[route.method, route.path]) for route in _ALL)
