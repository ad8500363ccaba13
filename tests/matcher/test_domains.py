"""What is asked about a mail address, and how a registry's answer is read: whatever is not clearly one is none."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from hub.fetch import Also, Fetcher
from hub.matcher.domains import Look, Name, Registration, agrees, counts, registrable
from hub.matcher.registry import MEDIA, Rdap, read
from hub.matcher.settings import load

NOW = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def day(clock_at):
    return clock_at("2026-11-21T20:00Z")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("mem@example.org", Name("example.org", True)),
        ("mem@EXAMPLE.org", Name("example.org", True)),
        ("mem@example.co.uk", Name("example.co.uk", True)),
        ("mem@example.uk", Name("example.uk", True)),
        ("mem@mail.example.org", Name("example.org", False)),
        ("mem@staff.example.ac.uk", Name("example.ac.uk", False)),
        ("mem@example.asso.fr", Name("asso.fr", False)),
        ("mem@bücher.example", Name("xn--bcher-kva.example", True)),
        ("mem@co.uk", None),
        ("mem@localhost", None),
        ("mem@192.0.2.1", None),
        ("mem@a..org", None),
    ],
)
def test_only_the_registrable_name_is_asked_about(address, name):
    assert registrable(address) == name


@pytest.mark.parametrize(
    ("found", "look", "says"),
    [
        (None, Look(None, None, True, True, True), False),
        (Registration(False), Look(None, None, True, False, True), True),
        (Registration(False), Look(None, None, False, True, True), True),
        (Registration(False), Look(None, None, False, False, True), False),
        (Registration(False), Look(None, None, True, True, False), False),
        (Registration(True), Look(None, None, False, False, False), True),
    ],
)
def test_missing_name_counts_only_where_it_would_be_known(found, look, says):
    assert counts(look, found) is says


@pytest.mark.parametrize(
    ("said", "days", "verdict"), [("gone", 7, True), ("gone", 6.9, False), ("registered", 30, False), (None, 30, False)]
)
def test_two_looks_a_week_apart_must_agree(said, days, verdict):
    look = Look(said, None if said is None else NOW - dt.timedelta(days=days), True, True, True)

    assert agrees(look, Registration(False), NOW) is verdict


def domain(**more):
    return {"objectClassName": "domain", "ldhName": "EXAMPLE.org", **more}


def event(action, date):
    return {"eventAction": action, "eventDate": date}


SINCE_2001 = dt.datetime(2001, 5, 6, 7, 8, 9, tzinfo=dt.UTC)
ANSWERS = [
    (200, MEDIA, domain(events=[event("registration", "2001-05-06T07:08:09Z")]), Registration(True, SINCE_2001)),
    (200, MEDIA, domain(events=[event("registration", "1999-01-01T00:00:00Z"),
                                event("reregistration", "2001-05-06T09:08:09+02:00"),
                                event("transfer", "2020-01-01T00:00:00Z")]), Registration(True, SINCE_2001)),
    (200, MEDIA, domain(events=[event("registration", "2099-01-01T00:00:00Z")]), Registration(True)),
    (200, MEDIA, domain(events=[event("registration", "last week"), event("registration", "2001-05-06T07:08:09"), 3]),
     Registration(True)),
    (200, MEDIA, domain(events="none"), Registration(True)),
    (200, MEDIA, domain(), Registration(True)),
    (404, MEDIA + "; charset=utf-8", {}, Registration(False)),
    (404, "application/json", {"errorCode": 404, "title": "Not Found"}, Registration(False)),
    (404, "text/html", None, None),
    (404, "application/json", {"errorCode": 501}, None),
    (200, MEDIA, domain(ldhName="another.org"), None),
    (200, MEDIA, domain(objectClassName="entity"), None),
    (200, "text/html", None, None),
    (302, MEDIA, domain(), None),
    (429, MEDIA, {"errorCode": 429}, None),
    (500, MEDIA, domain(), None),
]  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
def test_answer_is_read_or_is_none(answer):
    status, media, told, found = answer
    body = b"<html>" if told is None else json.dumps(told).encode()

    assert read(status, media, body, "example.org") == found


@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b"[]", b"\xff", b"nul"])
def test_hostile_body_is_no_answer(body):
    assert read(200, MEDIA, body, "example.org") is None


def test_registry_that_cannot_be_reached_says_nothing():
    nowhere = Fetcher(Also({"rdap.example.org": ("127.0.0.1", 1)}))

    assert Rdap("https://rdap.example.org/", nowhere).look("example.org") is None
    assert Rdap("http://rdap.example.org/", nowhere).look("example.org") is None


@pytest.mark.parametrize("address", ["http://rdap.example.org/", "rdap.example.org"])
def test_setting_of_another_kind_is_refused_with_its_line(tmp_path, address):
    (tmp_path / "matcher.toml").write_text(f'registry = "{address}"\n')

    with pytest.raises(ValueError, match="registry is an https address"):
        load(tmp_path)


def test_setting_is_empty_until_somebody_names_a_registry(tmp_path):
    (tmp_path / "matcher.toml").write_text("")

    assert load(tmp_path).registry == ""
