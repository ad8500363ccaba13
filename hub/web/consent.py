"""What a member sees of the OpenID Provider: the way in for a site, the consent, and goodbye."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from hub.errors import Invalid, NotFound
from hub.groups import queries as groups
from hub.oidc import asking, consenting, endpoints, store
from hub.oidc.asking import Consent, Redirect, Refused, SignIn
from hub.people import actions as people
from hub.people import queries
from hub.web import cookies
from hub.web.access import with_next
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.middleware import CONTENT_SECURITY_POLICY
from hub.web.pages import page, see_other
from hub.web.provider import by_client, provider_of
from hub.web.texts import _


def authorize(asked: Asked) -> Answer:
    """GET /oidc/authorize. A load inside another page is answered alike whoever is signed in (OP-09)."""
    if asked.headers.get("sec-fetch-dest", "document") != "document":
        return _refused(asked, _("Open this in a window of its own."))
    found = asking.authorize(provider_of(asked), by_client(asked), asked.actor)
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
    provider = provider_of(asked)
    party = provider.query_client(client)
    kept = store.find_ask(asked.tx, ask, client)
    if party is None or kept is None:
        return _refused(asked, _("This took too long. Go back to the site and start again."))
    scope = asking.granted_scope(kept.params, party)
    return _consent_page(asked, Consent(party, ask, consenting.shares(party, scope)))


def consent(asked: Asked) -> Answer:
    """POST /oidc/consent: the member's yes."""
    provider, ask, client = provider_of(asked), asked.form.one("ask"), asked.form.one("client")
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
    return _answer(asked, asking.deny(provider_of(asked), asked.form.one("ask"), asked.form.one("client")))


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
    return endpoints.goodbye(provider_of(asked), params, asked.actor.person, asked.actor.session)


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
    preview = endpoints.preview(provider_of(asked), found.party, asked.actor.person or "", scope)
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


def _one(asked: Asked, name: str) -> str:
    found = asked.form.first(name) or asked.query.first(name)
    if not found:
        raise NotFound
    return found
