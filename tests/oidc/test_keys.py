"""Signing keys: renewed every 90 days, published a day before they sign, with no sign-in lost on the way (OP-16)."""

from __future__ import annotations

import stat

from hub.oidc import keys
from hub.oidc.keys import ProviderKeys
from tests.oidc.conftest import Provided, Site, part


def test_sign_ins_go_on_through_a_renewal(provided: Provided, site: Site) -> None:
    folder = provided.house.settings.keys
    used, published = set(), set()

    renewed = []
    for _day in range(190):
        provided.clock.advance(days=1)
        renewed += keys.rotate_when_old(folder)
        if _day % 15 == 0 or _day in (89, 90, 91, 92):
            token = site.login(provided.browser(provided.anna))["id_token"]
            used.add(part(token, 0)["kid"])
            told = provided.house.visitor().get("/oidc/jwks.json").json()["keys"]
            published |= {key["kid"] for key in told}
            assert len(told) <= 6

    assert renewed.count("oidc.json") >= 2
    assert renewed.count("oidc.json") == renewed.count("federation.json")
    assert len(used) >= 2
    assert used <= published


def test_files_are_the_owners_alone_and_kept_when_made_again(provided: Provided) -> None:
    folder = provided.house.settings.keys / "other"
    folder.mkdir()
    keys.make(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    keys.make(folder)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert set(before) == {"oidc.json", "federation.json", "pair.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o400}
    assert len(ProviderKeys(folder).pair) == 32


def test_renewal_before_its_time_changes_nothing(provided: Provided) -> None:
    folder = provided.house.settings.keys
    keys.rotate(folder)
    before = (folder / "oidc.json").read_bytes()
    provided.clock.advance(days=89)

    keys.rotate_when_old(folder)

    assert (folder / "oidc.json").read_bytes() == before
