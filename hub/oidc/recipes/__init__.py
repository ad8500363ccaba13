"""Recipes: how each tool is set up so that members sign in with the hub. One TOML manifest for a tool.

title, about            for people
tested                  which version its pattern was taken from, and where that stood
redirects               paths at the site's address where it is answered; empty for a tool that cannot sign in
post_logout, backchannel    where it comes back after signing out, and where the hub tells it that somebody left
auth_method, algorithm  how it proves itself, and what it reads signatures of
pkce                    whether it can do S256; a false one is shown in the public record
offline                 whether it needs refresh tokens
scopes                  what it asks for, as its pasted settings say
reads                   id_token, userinfo or both: where it looks for claims
removes                 how access ends there: back-channel, connector or session
own_backchannel         whether an organiser may type where it is told that somebody left
licence                 what to know about paid editions
paste, check, traps     what to type where, how to see that it works, what goes wrong; {words} are filled in
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

FILLED = ("issuer", "discovery", "client_id", "secret", "redirect", "site", "host", "hub", "group")


@dataclass(frozen=True)
class Recipe:
    """One tool. Paths begin with a slash and are put behind the site's proved address."""

    name: str
    title: str
    about: str
    tested: str
    redirects: tuple[str, ...]
    post_logout: tuple[str, ...]
    backchannel: str
    auth_method: str
    algorithm: str
    pkce: bool
    offline: bool
    scopes: str
    reads: str
    removes: str
    own_backchannel: bool
    licence: str
    paste: str
    check: str
    traps: tuple[str, ...]

    def filled(self, values: dict[str, str]) -> str:
        """Returns what to paste, with the client's own values. values: of every name in FILLED."""
        text = self.paste
        for name in FILLED:
            text = text.replace("{" + name + "}", values[name])
        return text


def _load() -> dict[str, Recipe]:
    found = {}
    for path in sorted(resources.files(__name__).iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            recipe = _read(path.name.removesuffix(".toml"), tomllib.loads(path.read_text(encoding="utf-8")))
            found[recipe.name] = recipe
    return found


def _read(name: str, table: dict[str, Any]) -> Recipe:
    lists: dict[str, tuple[str, ...]] = {
        key: tuple(table.pop(key, ())) for key in ("redirects", "post_logout", "traps")
    }
    usual = {"backchannel": "", "algorithm": "RS256", "scopes": "", "licence": ""}
    return Recipe(name=name, **{**usual, "offline": False, "own_backchannel": False, **table, **lists})


RECIPES = MappingProxyType(_load())
