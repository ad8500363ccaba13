"""Other people's clients, each doing a full login at https://hub.test: npm openid-client, Apache, a browser's own.

No name of a test resolves and nothing listens on port 443: every client goes by way of a proxy of ours on loopback, and
meets the hub and the sites at https names without a port, as people do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from hub import clock
from hub.federation import marks
from hub.groups import queries as groups
from hub.oidc import registering
from hub.web.cookies import SESSION, name_of
from tests.clients.conftest import HERE, Running, need
from tests.networks import site_of
from tests.people_for_tests import again

pytestmark = pytest.mark.timeout(120)
MODULES = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules")


def run(node: str, running: Running, script: str, *words: str) -> subprocess.Popen[str]:
    """Starts a script of this folder, whose fetch goes by the proxy."""
    told = {**os.environ, "NODE_EXTRA_CA_CERTS": str(running.tls.authority), "HTTPS_PROXY": running.proxy.url}
    command = [node, "--import", (HERE / "by-proxy.mjs").as_uri(), str(HERE / script), *words]
    return subprocess.Popen(command, env=told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_openid_client_signs_a_member_in(running: Running, node: str) -> None:
    client, secret = running.register("app.test")
    redirect = "https://app.test/oidc/callback"
    process = run(node, running, "openid-client.mjs", running.url, client, secret, redirect)
    assert process.stdout is not None
    assert process.stdin is not None
    where = process.stdout.readline().strip()
    with running.browser(running.anna) as browser:
        back = running.agree(browser, where)
    out, _err = process.communicate(back + "\n", timeout=60)

    told = json.loads(out)
    assert "error" not in told, told
    assert where.startswith("https://hub.test/oidc/authorize?")
    assert back.startswith("https://app.test/oidc/callback?code=")
    assert told["claims"]["iss"] == running.url == "https://hub.test"
    assert told["claims"]["groups"] == told["told"]["groups"] == [running.group.slug]
    assert told["told"]["preferred_username"] == "anna"
    assert told["refreshed"] == told["claims"]["sub"]
    assert told["active"] == [True, False]


def test_openid_client_is_told_the_true_error(running: Running, node: str) -> None:
    client, secret = running.register("app.test")
    process = run(node, running, "openid-client.mjs", running.url, client, secret, "https://app.test/oidc/callback")
    assert process.stdout is not None
    where = process.stdout.readline().strip()
    with running.browser(running.anna) as browser:
        answer = browser.get(where.replace("scope=openid+", "scope=").replace("scope=openid%20", "scope="))
    out, _err = process.communicate(answer.headers["location"] + "\n", timeout=60)

    assert json.loads(out)["cause"] == "invalid_scope"


CONF = """
ServerRoot "{folder}"
ServerName site.test
PidFile "{folder}/pid"
Listen 127.0.0.1:{port}
DefaultRuntimeDir "{folder}"
{modules}
User {user}
Group {users}
ErrorLog "{folder}/error.log"
LogLevel warn
TypesConfig /dev/null
DocumentRoot "{folder}/site"
SSLEngine on
SSLCertificateFile "{certificate}"
SSLSessionCache none
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCCABundlePath {authority}
OIDCClientID {client}
OIDCClientSecret {secret}
OIDCRedirectURI https://site.test/oidc/callback
OIDCOutgoingProxy {proxy}
OIDCXForwardedHeaders X-Forwarded-Proto
RequestHeader set X-Forwarded-Proto https early
OIDCCryptoPassphrase a-passphrase-of-a-test
OIDCScope "openid profile groups"
OIDCPKCEMethod S256
OIDCRemoteUserClaim sub
<Location />
  AuthType openid-connect
  Require claim groups:{group}
</Location>
"""


def start_apache(running: Running, folder: Path, group: str) -> subprocess.Popen[bytes]:
    """Starts a web server that lets one group in."""
    apache = shutil.which("apache2") or shutil.which("httpd") or "/usr/sbin/apache2"
    modules = next((Path(place) for place in MODULES if (Path(place) / "mod_auth_openidc.so").exists()), None)
    need(Path(apache).exists() and modules, "Apache with mod_auth_openidc")
    assert modules is not None
    client, secret = running.register("site.test")
    wanted = ("mpm_event", "authn_core", "authz_core", "authz_user", "headers", "ssl", "socache_shmcb", "dir", "mime")
    loads = [f"LoadModule {name}_module {modules}/mod_{name}.so" for name in wanted if name != "authz_user"]
    loads += [f"LoadModule authz_user_module {modules}/mod_authz_user.so"]
    loads += [f"LoadModule auth_openidc_module {modules}/mod_auth_openidc.so"]
    (folder / "site").mkdir()
    shutil.copy(running.tls.authority, folder / "ca.pem")
    (folder / "site" / "index.html").write_text("Only for the group.")
    user, users = ("www-data", "www-data") if os.getuid() == 0 else (f"#{os.getuid()}", f"#{os.getgid()}")
    text = CONF.format(
        folder=folder, port=running.ports["site.test"], proxy=running.proxy.url.removeprefix("http://"),
        modules="\n".join(loads), user=user, users=users, certificate=running.tls.certificate, issuer=running.url,
        authority=folder / "ca.pem", client=client, secret=secret, group=group,
    )  # fmt: skip
    (folder / "httpd.conf").write_text(text)
    return subprocess.Popen([apache, "-f", str(folder / "httpd.conf"), "-DFOREGROUND"])


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user may read: pytest's own lie below one that each run closes to others."""
    with tempfile.TemporaryDirectory(prefix="folkmoot-apache-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.mark.parametrize(("name", "status"), [("tenants", 200), ("others", 401)])
def test_apache_lets_the_groups_members_in_and_nobody_else(
    running: Running, open_folder: Path, name: str, status: int
) -> None:
    group = running.group.slug if name == "tenants" else "another-group"
    process = start_apache(running, open_folder, group)
    try:
        with running.browser() as site, running.browser(running.anna) as browser:
            first = asked(site, "https://site.test/")
            back = running.agree(browser, first.headers["location"])
            landed = site.get(back)
            last = site.get(landed.headers["location"]) if landed.status_code == 302 else landed
    finally:
        process.terminate()
        process.wait(timeout=20)

    log = (open_folder / "error.log").read_text()
    assert first.headers["location"].startswith("https://hub.test/oidc/authorize?"), log
    assert back.startswith("https://site.test/oidc/callback?"), log
    assert landed.headers.get("location", "https://site.test/") == "https://site.test/", log
    assert last.status_code == status, log
    assert ("Only for the group." in last.text) is (status == 200)


def asked(site: httpx2.Client, address: str) -> Any:
    """Asks a server until it is there."""
    for _ in range(100):
        try:
            return site.get(address)
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("the site does not answer")


@pytest.mark.browser
def test_public_client_in_a_browser(running: Running, browser: Any, node: str) -> None:
    library = HERE / "node_modules" / "oidc-client-ts" / "dist" / "browser" / "oidc-client-ts.min.js"
    page = (HERE / "public.html").read_bytes()
    files = {
        "/": page, "/oidc/callback": page, "/public.js": (HERE / "public.js").read_bytes(),
        "/oidc-client-ts.js": library.read_bytes(),
    }  # fmt: skip
    address = "https://wiki.test"
    client, _secret = running.register("wiki.test")
    register_itself(running, client, address)
    context = browser.new_context(ignore_https_errors=True, proxy={"server": running.proxy.url})
    session = {"name": name_of(running.house.settings, SESSION), "value": running.session(running.anna)}
    context.add_cookies([
        {**session, "url": running.url, "secure": True, "httpOnly": True},
        {"name": "authority", "value": running.url, "url": address},
        {"name": "client", "value": client, "url": address},
    ])  # fmt: skip
    tab, seen = context.new_page(), []
    tab.on("request", lambda request: seen.append(urlsplit(request.url).netloc))

    with site_of(running.tls, files, running.ports["wiki.test"]):
        tab.goto(address)
        tab.get_by_role("button", name="Yes, let it know").click()
        tab.wait_for_function("document.getElementById('told')?.textContent", timeout=20_000)
        told = json.loads(tab.inner_text("#told"))
    context.close()

    assert told.get("groups") == [running.group.slug], told
    assert (told["preferred_username"], told["iss"]) == ("anna", "https://hub.test")
    assert set(seen) == {"hub.test", "wiki.test"}
    assert node


def register_itself(running: Running, client: str, address: str) -> None:
    """Lets a browser's client register itself as public: no secret, PKCE."""
    with running.house.db.write() as tx:
        token = registering.make_registration_token(tx, client=client, actor=again(tx, running.ben))
    told = {"redirect_uris": [f"{address}/oidc/callback"], "token_endpoint_auth_method": "none"}
    request = urllib.request.Request(
        f"{running.url}/oidc/register", json.dumps(told).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )  # fmt: skip
    by_proxy = urllib.request.ProxyHandler({"https": running.proxy.url})
    opener = urllib.request.build_opener(by_proxy, urllib.request.HTTPSHandler(context=running.tls.trusting()))
    with opener.open(request, timeout=20) as answer:
        assert answer.status == 201


def test_federation_library_resolves_our_chain(running: Running, node: str) -> None:
    address, files = "https://site.test", dict[str, bytes]()
    running.register("site.test")
    key = ECKey.generate_key("P-256")
    key.ensure_kid()
    now = int(clock.now().timestamp()) - 60
    public = {**key.as_dict(private=False), "alg": "ES256"}
    claims = {
        "iss": address, "sub": address, "iat": now, "exp": now + 3600, "jwks": {"keys": [public]},
        "authority_hints": [running.url], "metadata": {"federation_entity": {"organization_name": "Site"}},
    }  # fmt: skip
    own = jwt.encode({"alg": "ES256", "typ": "entity-statement+jwt", "kid": key.kid}, claims, key)
    files["/.well-known/openid-federation"] = own.encode()

    with site_of(running.tls, files, running.ports["site.test"]):
        keys = marks.read_entity(running.fetcher, address, second=running.fetcher.second)
        with running.house.db.write() as tx:
            link = next(link for link, _slug in groups.register_of_links(tx) if link.url == f"{address}/")
            marks.keep_entity(tx, link.id, keys)
        process = run(node, running, "federation.mjs", address, running.url)
        out, _err = process.communicate(timeout=60)

    assert keys == {"keys": [public]}
    assert json.loads(out) == [{"anchor": "https://hub.test", "length": 2}]
