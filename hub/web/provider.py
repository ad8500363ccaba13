"""The OpenID Provider's addresses: what a member sees (consent, goodbye), and what sites call."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

from hub.errors import Invalid, NotFound
from hub.groups import queries as groups
from hub.oidc import asking, consenting, documents, endpoints, store
from hub.oidc.asking import Consent, Redirect, Refused, SignIn
from hub.oidc.parties import Asked as ByClient
from hub.oidc.parties import Reply
from hub.oidc.provider import Provider
from hub.people import actions as people
from hub.people import queries
from hub.web import cookies
from hub.web.access import with_next
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.middleware import CONTENT_SECURITY_POLICY
from hub.web.pages import page, see_other
from hub.web.texts import _

ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
FRESH = {**ANYWHERE, "Cache-Control": "public, max-age=600"}
FROM_ANYWHERE = (
    "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oidc/jwks.json", "/oidc/token",
    "/oidc/userinfo", "/oidc/revoke",
)  # fmt: skip


def discovery(asked: Asked) -> Answer:
    """GET /.well-known/openid-configuration, and the same under OAuth's name."""
    return _ready(asked, *documents.discovery(asked.hub.settings.url))


def jwks(asked: Asked) -> Answer:
    """GET /oidc/jwks.json: the public keys, the next ones a day ahead."""
    ready = asked.hub.oidc.ready()
    return _ready(asked, ready.jwks, ready.etag)


def preflight(asked: Asked) -> Answer:
    """OPTIONS: programs in a browser may ask from anywhere. They bring tokens; no cookie of ours ever counts there."""
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "600",
    }
    return Answer(204, headers={**ANYWHERE, **allowed})


def authorize(asked: Asked) -> Answer:
    """GET /oidc/authorize. A load inside another page is answered alike whoever is signed in (OP-09)."""
    if asked.headers.get("sec-fetch-dest", "document") != "document":
        return _refused(asked, _("Open this in a window of its own."))
    found = asking.authorize(_provider(asked), _by_client(asked), asked.actor)
    if isinstance(found, Redirect) and "request_uri" in asked.query:
        # Whoever comes from our own sign-in form: browsers hold that form's policy against a redirect that follows.
        host = urlsplit(found.uri).hostname
        return page(asked, "oidc/go_on.html", uri=found.uri, host=host)
    return _answer(asked, found)


def authorize_by_form(asked: Asked) -> Answer:
    """POST /oidc/authorize: the same by a form of the site's; the browser comes again by itself, with its session."""
    # Written anew from what was read: raw bytes of a form may hold what no header may.
    query = urlencode(asked.form.items)
    if len(query) > 3_500:
        raise Invalid({"": _("This request is too long.")})
    return Answer(303, headers={"Location": f"/oidc/authorize?{query}"})


def show_consent(asked: Asked) -> Answer:
    """GET /oidc/consent: once more, after an address was confirmed, or with a mistake."""
    ask, client = _one(asked, "ask"), _one(asked, "client")
    provider = _provider(asked)
    party = provider.query_client(client)
    kept = store.find_ask(asked.tx, ask, client)
    if party is None or kept is None:
        return _refused(asked, _("This took too long. Go back to the site and start again."))
    scope = asking.granted_scope(kept.params, party)
    return _consent_page(asked, Consent(party, ask, consenting.shares(party, scope)))


def consent(asked: Asked) -> Answer:
    """POST /oidc/consent: the member's yes."""
    provider, ask, client = _provider(asked), asked.form.one("ask"), asked.form.one("client")
    party, kept = provider.query_client(client), store.find_ask(asked.tx, ask, client)
    if party is None or kept is None:
        return _refused(asked, _("This took too long. Go back to the site and start again."))
    shares = tuple(asked.form.all("shows"))
    offered = consenting.shares(party, asking.granted_scope(kept.params, party))
    if shares != offered:
        # The page they agreed on is not what the site asks for now.
        return _consent_page(asked, Consent(party, ask, offered))
    has_address = asked.form.first("address_shown") == "yes"
    consenting.give(
        asked.tx, party=party, actor=asked.actor, scope_shares=offered, silent=asked.form.first("silent") == "yes",
        keeps_address=has_address,
    )  # fmt: skip
    return _answer(asked, asking.grant(provider, ask, client, asked.actor))


def deny(asked: Asked) -> Answer:
    """POST /oidc/refusal: the member's no."""
    return _answer(asked, asking.deny(_provider(asked), asked.form.one("ask"), asked.form.one("client")))


def send_address(asked: Asked) -> Answer:
    """POST /oidc/address: a code goes to an address that the member wants this one site to know."""
    reader = Reader(asked.form)
    address = reader.text("address", missing=_("Enter an e-mail address like name@example.org"), most=254)
    reader.done()
    ask, client = asked.form.one("ask"), asked.form.one("client")
    assert asked.actor.person is not None
    code = consenting.ask_address(
        asked.tx, client=client, person=asked.actor.person, address=address, keys=asked.hub.oidc
    )
    entry_ref = queries.entry_of_person(asked.tx, asked.actor.person)
    params = {"address": address, "code": code}
    if entry_ref is None or not asked.hub.line.deliver(entry_ref=entry_ref, template="confirm_address", params=params):
        raise Invalid({"address": _("No letter can be sent just now. Go on without an address, or try again later.")})
    return see_other(f"/oidc/consent?{urlencode({'ask': ask, 'client': client, 'sent': 'yes'})}")


def confirm_address(asked: Asked) -> Answer:
    """POST /oidc/address/code: the code that was sent there."""
    ask, client = asked.form.one("ask"), asked.form.one("client")
    assert asked.actor.person is not None
    if not consenting.confirm_address(
        asked.tx, client=client, person=asked.actor.person, code=asked.form.first("code")
    ):
        return see_other(
            f"/oidc/consent?{urlencode({'ask': ask, 'client': client, 'sent': 'yes'})}",
            _("That is not the code, or it is too old."),
        )
    return see_other(
        f"/oidc/consent?{urlencode({'ask': ask, 'client': client, 'address': 'yes'})}", _("The address is confirmed.")
    )


def token(asked: Asked) -> Answer:
    """POST /oidc/token."""
    return _reply(endpoints.token(_provider(asked), _by_client(asked)), ANYWHERE)


def userinfo(asked: Asked) -> Answer:
    """GET and POST /oidc/userinfo."""
    given = endpoints.bearer(asked.headers, dict(reversed(asked.form.items)))
    return _reply(endpoints.userinfo(asked.tx, asked.hub.oidc, given), ANYWHERE)


def introspect(asked: Asked) -> Answer:
    """POST /oidc/introspect. It only looks, unless the client signed an assertion: that one is used up."""
    database = asked.hub.db
    with database.write() if "client_assertion" in asked.form else database.read() as tx:
        provider = Provider(tx, asked.hub.oidc, asked.hub.settings.url)
        return _reply(endpoints.introspect(provider, _by_client(asked)))


def revoke(asked: Asked) -> Answer:
    """POST /oidc/revoke."""
    return _reply(endpoints.revoke(_provider(asked), _by_client(asked)), ANYWHERE)


def push(asked: Asked) -> Answer:
    """POST /oidc/par."""
    return _reply(asking.push(_provider(asked), _by_client(asked)))


def register(asked: Asked) -> Answer:
    """POST /oidc/register: JSON with a one-use token that organisers made."""
    try:
        told = json.loads(asked.raw.decode("utf-8"))
    except (ValueError, RecursionError):
        told = None
    return _reply(endpoints.register(_provider(asked), dict(asked.headers), told))


def manage(asked: Asked) -> Answer:
    """GET and DELETE /oidc/register/{client}."""
    return _reply(endpoints.manage(_provider(asked), dict(asked.headers), asked.params["client"], asked.method))


def show_logout(asked: Asked) -> Answer:
    """GET /oidc/logout: signs out at once where the site's hint names this session; else it asks."""
    found = _goodbye(asked)
    if found.is_sure:
        return _sign_out(asked, found.back)
    if asked.actor.is_visitor:
        return Answer(303, headers={"Location": found.back}) if found.back else see_other("/")
    asked_for = {name: asked.query.first(name) for name in GOODBYE}
    shown = page(asked, "oidc/goodbye.html", asked_for=asked_for)
    return _also_to(shown, found.back)


def logout_by_form(asked: Asked) -> Answer:
    """POST /oidc/logout: the same by a form of the site's."""
    kept = {name: asked.form.first(name) for name in GOODBYE if name in asked.form}
    return Answer(303, headers={"Location": f"/oidc/logout?{urlencode(kept)}"})


def logout(asked: Asked) -> Answer:
    """POST /oidc/goodbye: the member's yes."""
    return _sign_out(asked, _goodbye(asked).back)


GOODBYE = ("id_token_hint", "post_logout_redirect_uri", "state", "client_id")


def _goodbye(asked: Asked) -> endpoints.Goodbye:
    params = {name: asked.form.first(name) or asked.query.first(name) for name in GOODBYE}
    return endpoints.goodbye(_provider(asked), params, asked.actor.person, asked.actor.session)


def _sign_out(asked: Asked, back: str) -> Answer:
    if asked.actor.person and asked.actor.session:
        people.end_session(asked.tx, person=asked.actor.person, session=asked.actor.session)
    asked.jar.drop(cookies.SESSION)
    return Answer(303, headers={"Location": back}) if back else see_other("/", _("You are signed out."))


def _answer(asked: Asked, found: Refused | Redirect | SignIn | Consent) -> Answer:
    if isinstance(found, Refused):
        return _refused(asked, found.sentence)
    if isinstance(found, Redirect):
        return Answer(303, headers={"Location": found.uri})
    if isinstance(found, SignIn):
        back = f"/oidc/authorize?{urlencode({'client_id': found.client, 'request_uri': found.ask})}"
        return see_other(with_next("/sign-in", back))
    return _consent_page(asked, found)


def _consent_page(asked: Asked, found: Consent) -> Answer:
    client = found.party.client
    kept = store.find_ask(asked.tx, found.ask, client.id)
    redirect = kept.params["redirect_uri"] if kept else client.url or ""
    group = groups.find(asked.tx, client.group)
    scope = asking.granted_scope(kept.params, found.party) if kept else "openid"
    preview = endpoints.preview(_provider(asked), found.party, asked.actor.person or "", scope)
    has_address = "address" in found.shares and consenting.kept_address(
        asked.tx, client=client.id, person=asked.actor.person or "", keys=asked.hub.oidc
    )
    shown = page(
        asked,
        "oidc/consent.html",
        client=client,
        group=group,
        host=urlsplit(client.url or "").hostname,
        ask=found.ask,
        shares=found.shares,
        claims=preview,
        address=has_address,
        sent=asked.query.first("sent") == "yes",
    )
    return _also_to(shown, redirect)


def _also_to(shown: Answer, uri: str) -> Answer:
    """Lets the forms of one page lead to one other origin: browsers hold form-action against redirects, too."""
    parts = urlsplit(uri)
    if parts.scheme and parts.netloc:
        policy = CONTENT_SECURITY_POLICY.replace(
            "form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}"
        )
        shown.headers["Content-Security-Policy"] = policy
    return shown


def _refused(asked: Asked, sentence: str) -> Answer:
    return page(asked, "oidc/refused.html", status=400, sentence=sentence)


def _provider(asked: Asked) -> Provider:
    return Provider(asked.tx, asked.hub.oidc, asked.hub.settings.url)


def _by_client(asked: Asked) -> ByClient:
    headers = {"authorization": asked.headers["authorization"]} if "authorization" in asked.headers else {}
    headers = {**headers, **{name.title(): value for name, value in headers.items()}}
    uri = asked.hub.settings.url + asked.path
    return ByClient(asked.method, uri, headers, list(asked.query.items), list(asked.form.items))


def _reply(reply: Reply, headers: dict[str, str] | None = None) -> Answer:
    body = b"" if reply.status == 204 else json.dumps(reply.body, separators=(",", ":")).encode("utf-8")
    kept = {name: value for name, value in reply.headers.items() if name.lower() != "content-type"}
    return Answer(reply.status, body, "application/json", {**kept, **(headers or {})})


def _ready(asked: Asked, raw: bytes, etag: str) -> Answer:
    headers = {**FRESH, "ETag": etag}
    if etag in asked.headers.get("if-none-match", ""):
        return Answer(304, media="application/json", headers=headers)
    return Answer(body=raw, media="application/json", headers=headers)


def _one(asked: Asked, name: str) -> str:
    found = asked.form.first(name) or asked.query.first(name)
    if not found:
        raise NotFound
    return found
