"""Signatures of NIST's beacon: a published pulse with its certificate; a flipped bit; authorities that nobody knows."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import rsa

from hub.draws import actions, beacons, certificates, queries
from hub.draws.beacons import Signature
from hub.draws.models import draw_pulses
from hub.lot.pulses import pulse_of
from tests.draws.conftest import DRAND, KNOWN, NIST, Town, make_town
from tests.draws.pulses_for_tests import BEGAN, OTHER_ROOT, Site, leaf_for, pulse_for, rsa_key
from tests.draws.test_drawing import council
from tests.people_for_tests import again

# Pulse 54610 of chain 1 and the certificate that it names, as NIST's site has them; it says from where.
PUBLISHED = json.loads((Path(__file__).resolve().parents[1] / "vectors" / "nist-pulse-signed.json").read_text())
MINUTE = dt.datetime(2018, 8, 30, 17, 44, tzinfo=dt.UTC)


def test_published_pulse_is_signed_by_the_certificate_that_it_names():
    pulse = pulse_of("nist", MINUTE, json.dumps({"pulse": PUBLISHED["pulse"]}))
    leaf = certificates.read(PUBLISHED["certificate"].encode())
    key = leaf.public_key()

    assert isinstance(key, rsa.RSAPublicKey)
    assert certificates.name_of(leaf) == pulse.certificate == PUBLISHED["pulse"]["certificateId"]
    assert certificates.issuers_of(leaf) == ["http://cacerts.digicert.com/DigiCertGlobalCAG2.crt"]
    assert certificates.is_signed(pulse.signed, pulse.signature, key)
    # Its authority is not among those of this test: nobody's word makes a certificate NIST's.
    assert certificates.check(pulse.signed, pulse.signature, pulse.suite, MINUTE, leaf, [], []).state == "unknown"


def flipped(raw: bytes, bit: int) -> bytes:
    """The same bytes but for one bit."""
    return raw[: bit // 8] + bytes([raw[bit // 8] ^ 1 << bit % 8]) + raw[bit // 8 + 1 :]


def test_planted_bit_is_caught_wherever_it_flips():
    pulse = pulse_of("nist", MINUTE, json.dumps({"pulse": PUBLISHED["pulse"]}))
    key = certificates.read(PUBLISHED["certificate"].encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)

    for bit in range(0, len(pulse.signed) * 8, 37):
        assert not certificates.is_signed(flipped(pulse.signed, bit), pulse.signature, key)
    for bit in range(0, len(pulse.signature) * 8, 37):
        assert not certificates.is_signed(pulse.signed, flipped(pulse.signature, bit), key)


AT = dt.datetime(2026, 11, 25, 21, tzinfo=dt.UTC)
OLD = BEGAN - dt.timedelta(days=365)


@pytest.mark.parametrize(
    ("leaf", "key", "suite", "state"),
    [
        (lambda: leaf_for(), None, 0, "checked"),
        (lambda: leaf_for(), 1, 0, "wrong"),
        (lambda: leaf_for(key=rsa_key(2048 + 64)), None, 0, "length"),
        (lambda: leaf_for("beacon.example.org"), None, 0, "unknown"),
        (lambda: leaf_for(by=OTHER_ROOT), None, 0, "unknown"),
        (lambda: leaf_for(began=OLD), None, 0, "unknown"),
        (lambda: leaf_for(), None, 1, "suite"),
    ],
    ids=["its own", "another key", "another length", "another host", "another authority", "ended", "another suite"],
)
def test_pulse_is_checked_against_its_own_certificate_of_a_known_authority(tmp_path, leaf, key, suite, state):
    made = leaf()
    site = Site(tmp_path / "site", made)
    pulse = pulse_of("nist", AT, pulse_for(AT, made, key if key is None else rsa_key(2048, key), suite))

    found = beacons.look(pulse.certificate, pulse.signed, pulse.signature, pulse.suite, AT, site)

    assert found == certificates.Found(state, made.not_valid_after_utc if state == "checked" else None)


def test_reader_pastes_a_pulse_and_everybody_sees_what_came_of_it(db, clock_at, tmp_path):
    town = make_town(db, clock_at, are_equipped=False)
    act = council(town)
    town.turn(**KNOWN)
    leaf = leaf_for()
    site = Site(tmp_path / "site", leaf, gone=True)
    with db.read() as tx:
        drand, nist = queries.of_act(tx, act)[0].named
    pasted = pulse_for(nist.known, leaf)
    output = json.loads(pasted)["pulse"]["outputValue"].lower()

    def told() -> list[Signature]:
        with db.read() as tx:
            said = [(drand, DRAND), (nist, output), (nist, NIST)]
            return beacons.signatures(tx, act, 0, said)

    read(town, act, (DRAND, pasted))
    assert told() == [
        Signature(drand.name, DRAND, "bls"),
        Signature(nist.name, output, "waiting"),
        Signature(nist.name, NIST, "typed"),
    ]

    assert (beacons.check_due(db, site), told()[1]) == (1, Signature(nist.name, output, "waiting", tried=True))
    site.gone = False
    assert beacons.check_due(db, site) == 0  # an hour between two looks
    town.clock_at.advance(hours=1)
    assert beacons.check_due(db, site) == 1
    assert told()[1] == Signature(nist.name, output, "checked", tried=True, until=leaf.not_valid_after_utc)
    assert beacons.check_due(db, site) == 0

    # What is kept of a paste is what the beacon signed.
    with db.read() as tx:
        row = tx.execute(sa.select(draw_pulses)).one()
    assert (bytes(row.signed), row.said) == (pulse_of("", nist.known, pasted).signed, output)


def read(town: Town, act: str, texts: tuple[str, str]) -> None:
    with town.db.write() as tx:
        actions.reveal(tx, act=act, texts=texts, actor=again(tx, town.council[0]))


def test_certificate_of_another_name_proves_nothing(tmp_path):
    """The site answers with a certificate of the beacon's host and the right key: only not the one that was named."""
    pulse = pulse_of("nist", AT, pulse_for(AT, leaf_for()))
    site = Site(tmp_path / "site", leaf_for(), stands_for=pulse.certificate)

    found = beacons.look(pulse.certificate, pulse.signed, pulse.signature, 0, AT, site)

    assert (found.state, site.asked) == ("waiting", [beacons.SITE + pulse.certificate])
