"""Sites of groups: registering one, its recipe, its secret; and the member's own list of sites that know them."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from hub.constitution import queries as constitution
from hub.errors import NotFound, RuleViolation
from hub.federation import proofs
from hub.groups import queries as groups
from hub.groups.queries import Group
from hub.oidc import addresses, clients, consenting, endpoints, registering, rules
from hub.oidc.clients import Client
from hub.oidc.parties import Party
from hub.oidc.provider import Provider
from hub.oidc.recipes import RECIPES
from hub.permits import P, can
from hub.web.acts import progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _

WORDS = {
    "membership": _("that you are a member"),
    "groups": _("your groups and offices"),
    "name": _("your nickname"),
    "address": _("your address, if you confirmed one for it"),
    "stays": _("the same again for a day without you"),
}


def mine(asked: Asked) -> Answer:
    """GET /me/sites: every site that knows the member."""
    assert asked.actor.person is not None
    sites = consenting.sites_of(asked.tx, asked.actor.person)
    hosts = {site.client.id: urlsplit(site.client.url or "").hostname or site.client.title for site in sites}
    return page(asked, "sites/mine.html", sites=sites, hosts=hosts, words=WORDS)


def withdraw_consent(asked: Asked) -> Answer:
    """POST /me/sites/{client}/withdrawal."""
    assert asked.actor.person is not None
    if not consenting.withdraw(asked.tx, client=asked.params["client"], person=asked.actor.person):
        raise NotFound
    return see_other("/me/sites", _("Done. The site is told nothing more, and to sign you out."))


def show(asked: Asked) -> Answer:
    """GET /groups/{group}/sites."""
    group = _group(asked)
    rows = [
        (
            client,
            progress(asked.tx, client.act, asked.actor),
            registering.waiting(asked.tx, client.id),
            clients.keys_of(asked.tx, client.id),
        )
        for client in clients.of_group(asked.tx, group.id)
    ]
    may = can(asked.actor, P.CLIENTS_REGISTER, group.scope)
    may_object = can(asked.actor, P.CLIENTS_REGISTER, group.scope, ends=True)
    return page(
        asked, "sites/listing.html", group=group, rows=rows, may=may, may_object=may_object,
        secure=asked.hub.settings.secure, may_stop=registering.may_stop(asked.actor, group),
    )  # fmt: skip


def new(asked: Asked) -> Answer:
    """GET /groups/{group}/sites/new: which proved site, which tool, what it learns."""
    group = _group(asked)
    may = can(asked.actor, P.CLIENTS_REGISTER, group.scope)
    proved = [
        (link.id, link.title or link.kind, link.url)
        for link in groups.links_for(asked.tx, group, viewer=asked.actor)
        if link.is_host_proved and link.url
    ]
    named = [(name, recipe.title, recipe.about) for name, recipe in RECIPES.items() if recipe.redirects]
    tools = sorted(named, key=lambda one: (one[0] == "any", one[1]))
    elsewhere = RECIPES["link"]
    return page(
        asked,
        "sites/new.html",
        group=group,
        may=may,
        proved=proved,
        tools=tools,
        elsewhere=elsewhere,
        steps=constitution.steps_of(asked.tx, "register_client"),
    )


def propose(asked: Asked) -> Answer:
    """POST /groups/{group}/sites: the first signature."""
    group, read = _group(asked), Reader(asked.form)
    tool = read.choice("tool", RECIPES, missing=_("Choose a tool"))
    link = read.text("link", missing=_("Choose which site"), most=60)
    tells = read.choice("tells", rules.TELLS, missing=_("Choose of which groups the site learns"))
    read.done()
    registering.propose(asked.tx, group=group, link=link, tool=tool, tells=tells, actor=asked.actor)
    return see_other(f"/groups/{group.slug}/sites", _("You signed first. It takes a second organiser."))


def confirm(asked: Asked) -> Answer:
    """POST /sites/{act}/confirmation: the second signature."""
    back = _back(asked)
    registering.confirm(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other(back, _("You signed. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """POST /sites/{act}/objection."""
    back, read = _back(asked), Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    registering.object_to(asked.tx, act=asked.params["act"], reason=reason, actor=asked.actor)
    return see_other(back, _("You objected. Your reason stands in the public record."))


def stop_form(asked: Asked) -> Answer:
    """GET /groups/{group}/sites/{client}/stop: asks for the reason."""
    group, client = _group(asked), _client(asked)
    may = registering.may_stop(asked.actor, group)
    return page(asked, "sites/stop.html", group=group, client=client, may=may)


def stop(asked: Asked) -> Answer:
    """POST /groups/{group}/sites/{client}/stop: one organiser, or one of the council, at once."""
    group, client, read = _group(asked), _client(asked), Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    registering.stop(asked.tx, client=client.id, reason=reason, actor=asked.actor)
    return see_other(
        f"/groups/{group.slug}/sites", _("Stopped. It signs nobody in any more, and its members are told.")
    )


def objection_form(asked: Asked) -> Answer:
    """GET /groups/{group}/sites/{client}/addresses: what the site named for itself, and asks for the reason."""
    group, client = _group(asked), _client(asked)
    may = can(asked.actor, P.CLIENTS_REGISTER, group.scope, ends=True)
    if not may:
        raise NotFound
    change = registering.waiting(asked.tx, client.id)
    return page(asked, "sites/addresses.html", group=group, client=client, change=change)


def object_to_addresses(asked: Asked) -> Answer:
    """POST /groups/{group}/sites/{client}/addresses: one organiser's objection holds them."""
    group, client, read = _group(asked), _client(asked), Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    addresses.object_to(asked.tx, client=client.id, reason=reason, actor=asked.actor)
    return see_other(f"/groups/{group.slug}/sites", _("They do not begin. Your reason stands in the public record."))


def recipe(asked: Asked, *, secret: str = "", token: str = "") -> Answer:
    """GET /groups/{group}/sites/{client}: what to type where. secret, token: made just now, shown this once."""
    group, client = _group(asked), _client(asked)
    _insist(asked, group, client)
    keys = clients.keys_of(asked.tx, client.id)
    settings = asked.hub.settings
    values = registering.recipe_values(client, settings.url, settings.name, group.slug, secret)
    paste = client.recipe.filled(values)
    return page(
        asked,
        "sites/recipe.html",
        group=group,
        client=client,
        recipe=client.recipe,
        where=keys or registering.chosen_by_recipe(client),
        host=urlsplit(client.url or "").netloc,
        has_secret=keys is not None,
        secret=secret,
        token=token,
        discovery=values["discovery"],
        paste=paste.strip(),
    )


def preview(asked: Asked) -> Answer:
    """GET /groups/{group}/sites/{client}/preview: the very claims that the site would be told about the viewer."""
    group, client = _group(asked), _client(asked)
    keys = clients.keys_of(asked.tx, client.id)
    party = Party(client, keys or _to_be(client))
    provider = Provider(asked.tx, asked.hub.oidc, asked.hub.settings.url)
    told = endpoints.preview(provider, party, asked.actor.person or "", client.recipe.scopes)
    shown = json.dumps(told, indent=2, ensure_ascii=False)
    return page(
        asked, "sites/preview.html", group=group, client=client, claims=shown, scopes=client.recipe.scopes.split()
    )


def make_secret(asked: Asked) -> Answer:
    """POST /groups/{group}/sites/{client}/secret: the proof is looked at once more, then the secret is shown once."""
    _look_again(asked)
    with asked.hub.db.write() as tx:
        secret = registering.make_secret(tx, client=asked.params["client"], actor=asked.actor)
    return _shown(asked, secret=secret)


def make_token(asked: Asked) -> Answer:
    """POST /groups/{group}/sites/{client}/registration: a one-use token for a tool that registers itself."""
    _look_again(asked)
    with asked.hub.db.write() as tx:
        token = registering.make_registration_token(tx, client=asked.params["client"], actor=asked.actor)
    return _shown(asked, token=token)


def set_backchannel(asked: Asked) -> Answer:
    """POST /groups/{group}/sites/{client}/back-channel: where a tool that is in no list is told that somebody left."""
    group, client = _group(asked), _client(asked)
    address = asked.form.one("backchannel").strip()
    begins = registering.set_backchannel(asked.tx, client=client.id, address=address, actor=asked.actor)
    waits = _("It begins in three days, unless an organiser objects. All of you are told.")
    said = _("It is so already.") if begins is None else waits
    return see_other(f"/groups/{group.slug}/sites/{client.id}", said)


def _look_again(asked: Asked) -> None:
    """Looks at the address outside of any unit of work: a proof that went during the wait gives no secret (OP-14)."""
    with asked.hub.db.read() as tx:
        client = clients.find(tx, asked.params["client"])
        asked.unit = tx
        try:
            group = _group(asked)
        finally:
            asked.unit = None
        if client is None or client.group != group.id:
            raise NotFound
        _insist(asked, group, client)
        registering.insist_live(client)
        proof = proofs.proof_of(tx, client.link)
    found = None if proof is None else proofs.look(proof, proofs.Eyes.of(asked.hub.settings, asked.hub.fetcher))
    if found is not None and found.is_away:
        raise RuleViolation("oidc.not_proved", found.why)
    if found is None or not found.is_there:
        why = "" if found is None else found.why
        raise RuleViolation(
            "oidc.not_proved",
            _("The proof that the address is the group's own is not there now. Renew it first. %s") % why,
        )


def _shown(asked: Asked, **once: str) -> Answer:
    with asked.hub.db.read() as tx:
        asked.unit = tx
        try:
            return recipe(asked, **once)
        finally:
            asked.unit = None


def _insist(asked: Asked, group: Group, client: Client) -> None:
    if client.group != group.id or not can(asked.actor, P.CLIENTS_REGISTER, group.scope):
        raise NotFound


def _to_be(client: Client) -> clients.Keys:
    """What a client will prove itself with, before its secret is made."""
    chosen = registering.chosen_by_recipe(client)
    return clients.Keys(
        None, chosen.auth_method, chosen.algorithm, chosen.redirect_uris, chosen.post_logout_uris,
        chosen.backchannel_uri, None, rules.sector(chosen.redirect_uris), chosen.offline, None,
    )  # fmt: skip


def _group(asked: Asked) -> Group:
    return groups.by_slug(asked.tx, asked.params["group"])


def _client(asked: Asked) -> Client:
    found = clients.find(asked.tx, asked.params["client"])
    if found is None or found.group != _group(asked).id:
        raise NotFound
    return found


def _back(asked: Asked) -> str:
    client = clients.of_act(asked.tx, asked.params["act"])
    if client is None:
        raise NotFound
    return f"/groups/{groups.get(asked.tx, client.group).slug}/sites"
