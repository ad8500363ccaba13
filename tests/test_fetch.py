"""The one fetcher: what it never connects to (WE-05). Every address is refused before a connection is tried."""

from __future__ import annotations

import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hub.fetch import Fetcher, Refused, fetcher, is_public, open_fetcher, parse_also
from hub.fetch.tunnel import Proxy
from hub.oidc.ending import SITES_AT_ONCE

REFUSED = [
    "http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "//example.org/",
    "example.org", "", "https://", "https:///x", "https://example.org:8443/", "https://example.org:80/",
    "https://example.org:99999/", "https://user@example.org/", "https://user:pass@example.org/", "https://@example.org/",
    "https://localhost/", "https://127.0.0.1/", "https://127.1/", "https://0/", "https://0.0.0.0/", "https://2130706433/",
    "https://0x7f000001/", "https://0177.0.0.1/", "https://0x7f.1/", "https://[::1]/", "https://[::]/",
    "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/", "https://[fc00::1]/", "https://[64:ff9b::7f00:1]/",
    "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://192.168.1.1/", "https://172.16.0.1/",
    "https://100.64.0.1/", "https://192.0.2.1/", "https://224.0.0.1/", "https://255.255.255.255/",
    "https://1.1.1.1/", "https://[2606:4700::1111]/",
    "https://example.org\\@localhost/", "https://example.org /", "https://exa mple.org/", "https://example.org\n/",
    "https://example.org/\r\nX: y", "https://example.org\t/", "https://ex\x00ample.org/", "https://example。org/",
    "https://ⓛocalhost.example/", "https://xn--/", "https://" + "a" * 3000 + ".org/",
    "https://example.org#@localhost/" + "é", "HTTPS://LOCALHOST/", "https://localhost./", "https://metadata/",
    "https:example.org", "https:/example.org", "javascript:alert(1)", "data:text/html,x", "https://[", "https://]",
    "https://[::1", "https://::1/", "https://1.2.3/", "https://1.2.3.4.5/",
]  # fmt: skip

PRIVATE = [
    "127.0.0.1", "127.255.255.255", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1",  # noqa: S104
    "169.254.1.1",
    "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fd12:3456::1", "ff02::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "2001:0:7f00:1::", "fec0::1", "::127.0.0.1", "not an address", "",
]  # fmt: skip


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Fails a test that connects anywhere; returns what was tried."""
    tried: list[tuple[Any, ...]] = []

    def connect(*args: Any, **_more: Any) -> Any:
        tried.append(args)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


@pytest.mark.parametrize("url", REFUSED)
def test_address_is_refused_before_a_connection(no_network: list[tuple[Any, ...]], url: str) -> None:
    with pytest.raises(Refused):
        Fetcher().get(url)

    assert no_network == []


@pytest.mark.parametrize("address", PRIVATE)
def test_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "9.9.9.9", "2606:4700:4700::1111", "2001:4860:4860::8888"])
def test_address_is_public(address: str) -> None:
    assert is_public(address)


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: list[str]) -> list[int]:
    """Answers each question to the resolver with the next list; returns how often it was asked."""
    asked: list[int] = []

    def resolve(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(1)
        found = addresses[min(len(asked), len(addresses)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_one_private_address_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch, no_network: list[tuple[Any, ...]]
) -> None:
    resolving(monkeypatch, ["1.1.1.1", "10.0.0.1"])

    with pytest.raises(Refused, match="public"):
        Fetcher().get("https://example.org/")

    assert no_network == []


def test_name_that_changes_its_address_finds_no_second_question(
    monkeypatch: pytest.MonkeyPatch, no_network: list[tuple[Any, ...]]
) -> None:
    asked = resolving(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])

    with pytest.raises(Refused):
        Fetcher().get("https://example.org/")

    assert len(asked) == 1
    assert [args[0] for args in no_network] == [("1.1.1.1", 443)]


def test_setting_for_tests_is_read() -> None:
    also = parse_also("forum.test=127.0.0.1:8443, ca=/tmp/ca.pem")

    assert (also.places, str(also.authority)) == ({"forum.test": ("127.0.0.1", 8443)}, "/tmp/ca.pem")
    with pytest.raises(ValueError, match="name=value"):
        parse_also("nonsense")


@pytest.mark.parametrize("text", ["http://10.0.0.7:3128", "http://proxy.example.org:8080", "http://[fd00::7]:3128"])
def test_second_network_may_be_anywhere_the_operator_says(text: str) -> None:
    made = open_fetcher("", text)
    assert made.second is not None

    told = made.second.proxy

    assert told is not None
    assert f"http://{f'[{told.host}]' if ':' in told.host else told.host}:{told.port}" == text
    assert open_fetcher("", "").second is None
    made.close()


def test_authorities_of_the_machine_are_read_once_and_a_test_s_own_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    monkeypatch.setattr(
        ssl, "create_default_context", lambda cafile: read.append(cafile) or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
    fetcher._trusting.cache_clear()
    made = [open_fetcher("", "http://192.0.2.7:3128"), open_fetcher("", ""), open_fetcher("ca=/tmp/other.pem", "")]
    fetcher._trusting.cache_clear()

    assert read == [None, Path("/tmp/other.pem")]
    for one in made:
        one.close()


@pytest.mark.parametrize("text", ["http://x", "https://x:1", "x:1", "http://u:p@x:1", "http://x:1/", "http://x:y", ""])
def test_what_is_no_proxy_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Proxy.parse(text)


def test_second_network_is_never_asked_for_a_private_address(
    monkeypatch: pytest.MonkeyPatch, no_network: list[tuple[Any, ...]]
) -> None:
    resolving(monkeypatch, ["10.0.0.1"])
    made = open_fetcher("", "http://192.0.2.7:3128")
    assert made.second is not None

    with pytest.raises(Refused, match="public"):
        made.second.get("https://example.org/")

    assert no_network == []
    made.close()


def test_look_up_of_a_name_that_never_answers_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()

    def hang(*_args: Any, **_more: Any) -> list[Any]:
        answers.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)

    with pytest.raises(Refused, match="cannot be found"):
        Fetcher(seconds=0.2).get("https://silent.example/")

    assert not answers.is_set()
    answers.set()


def test_every_site_of_a_round_is_called_while_none_answers() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=200) as silent:
        fetcher = Fetcher(parse_also(f"silent.test=127.0.0.1:{silent.getsockname()[1]}"))
        silent.settimeout(30)
        with ThreadPoolExecutor(SITES_AT_ONCE) as pool:
            asked = [pool.submit(fetcher.post, "https://silent.test/", b"") for _ in range(SITES_AT_ONCE)]
            called = [silent.accept()[0] for _ in range(SITES_AT_ONCE)]
            answered = [one.done() for one in asked]
            for connection in called:
                connection.close()
            refused = [type(one.exception()) for one in asked]

    assert answered == [False] * SITES_AT_ONCE
    assert refused == [Refused] * SITES_AT_ONCE
