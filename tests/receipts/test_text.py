"""A receipt's text: what it says and does not; python's sd-jwt reads it as we do, and hostile texts are refused."""

import base64
import datetime as dt
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from jwcrypto.jwk import JWK
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier

from hub.receipts import days, text
from hub.tlog.hashes import Spoilt
from tests.receipts.receipts_for_tests import DAY, HUB, KEY, NOON, OTHER, OWN, SHOWN, issued, public, signing

COUNTED = (number.to_bytes(32, "big") for number in itertools.count(1))


def part(receipt, number):
    """A part of the hub's JWT, as JSON."""
    raw = receipt.partition("~")[0].split(".")[number]
    return json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))


def test_receipt_says_this_and_nothing_else():
    receipt = issued(bound=public(OWN))

    assert part(receipt, 0) == {
        "alg": "ES256", "typ": "dc+sd-jwt", "kid": KEY.thumbprint(), "jwk": KEY.as_dict(private=False),
    }  # fmt: skip
    claims = part(receipt, 1)
    listed = claims.pop("_sd")
    assert claims == {
        "iss": HUB, "vct": f"{HUB}/receipts/membership/v1", "iat": 1795219200, "exp": 1795219200 + 90 * 86400,
        "_sd_alg": "sha-256", "cnf": {"jwk": public(OWN)},
    }  # fmt: skip
    assert (len(listed), listed) == (2, sorted(listed))
    read = text.parse(receipt)
    assert (read.issuer, read.key, read.day, read.until) == (HUB, KEY.thumbprint(), DAY, dt.date(2027, 2, 19))
    assert (read.shown, read.bound, read.binding, read.proof) == (SHOWN, public(OWN), None, None)
    assert "d" not in read.bound


@pytest.mark.parametrize("names", [(), ("branch",), ("since",), ("branch", "since")])
def test_what_its_owner_leaves_out_leaves_no_gap(names):
    shown = {name: SHOWN[name] for name in names}
    one, other = issued(shown), issued(shown)

    assert text.parse(one).shown == shown
    # Nothing in two receipts of one member is the same but what everybody's have, and what they show.
    mine, yours = part(one, 1), part(other, 1)
    assert {name for name in mine if mine[name] == yours[name]} == {"iss", "vct", "iat", "exp", "_sd_alg"}
    assert not set(mine["_sd"]) & set(yours["_sd"])
    assert not set(one.split("~")[1:-1]) & set(other.split("~")[1:-1])
    assert len(mine["_sd"]) == 2
    assert text.digest(one) != text.digest(other)


def theirs(presented, key=KEY, **asked):
    """What python's sd-jwt makes of a presentation."""
    known = JWK(**key.as_dict(private=False))
    return SDJWTVerifier(presented, lambda issuer, header: known, **asked).get_verified_payload()


@settings(max_examples=30, deadline=None)
@given(names=st.sets(st.sampled_from(sorted(SHOWN))), is_bound=st.booleans())
def test_python_sd_jwt_reads_what_we_issue(names, is_bound):
    shown = {name: SHOWN[name] for name in names}
    receipt = issued(shown, bound=public(OWN) if is_bound else None)

    said = theirs(receipt)

    assert {name: said[name] for name in SHOWN if name in said} == shown == text.parse(receipt).shown


@settings(max_examples=20, deadline=None)
@given(names=st.sets(st.sampled_from(sorted(SHOWN))))
def test_we_read_what_python_sd_jwt_presents(names):
    receipt = issued(bound=public(OWN))
    holder = SDJWTHolder(receipt)

    holder.create_presentation(
        dict.fromkeys(names, True), "n-1", "https://heir.example", JWK(**OWN.as_dict(private=True)), "ES256"
    )

    read = text.parse(holder.sd_jwt_presentation)
    assert read.shown == {name: SHOWN[name] for name in names}
    assert (read.binding["aud"], read.binding["nonce"]) == ("https://heir.example", "n-1")


def test_python_sd_jwt_takes_our_proof_of_the_key():
    presented = text.present(issued(bound=public(OWN)), OWN, "https://heir.example", "n-1", NOON).strip()

    assert theirs(presented, expected_aud="https://heir.example", expected_nonce="n-1")["since"] == "2019-03"
    with pytest.raises(ValueError, match="nonce"):
        theirs(presented, expected_aud="https://heir.example", expected_nonce="n-2")
    assert text.parse(presented).binding["nonce"] == "n-1"


def claims_of(**changes):
    said = {
        "iss": HUB, "vct": HUB + text.VCT, "iat": 1795219200, "exp": 1795219200 + 90 * 86400, "_sd": ["A" * 43],
        "_sd_alg": "sha-256",
    }  # fmt: skip
    return {**said, **changes}


def forged(changes=None, key=KEY, **header):
    return signing(key, **header)(claims_of(**(changes or {}))) + "~"


def disclosure(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


SPOILT = {
    "nothing": lambda: "",
    "no token": lambda: "a~b~",
    "longer than any": lambda: issued() + "x" * 30_000,
    "another type": lambda: forged(typ="kb+jwt"),
    "another algorithm": lambda: forged(key=KEY, alg="none"),
    "another's signature": lambda: forged(jwk=OTHER.as_dict(private=False)),
    "a private key inside": lambda: forged(jwk=KEY.as_dict(private=True)),
    "a name of a key that is not its": lambda: forged(kid=OTHER.thumbprint()),
    "no key": lambda: forged(jwk=None),
    "a claim that is critical": lambda: forged(crit=["exp"]),
    "of another kind": lambda: forged({"vct": HUB + "/other"}),
    "another hash": lambda: forged({"_sd_alg": "sha-512"}),
    "a moment in the day": lambda: forged({"iat": 1795219201}),
    "a longer life": lambda: forged({"exp": 1795219200 + 900 * 86400}),
    "a life that is no number": lambda: forged({"exp": "soon"}),
    "digests twice": lambda: forged({"_sd": ["A" * 43, "A" * 43]}),
    "digests that are none": lambda: forged({"_sd": "AAAA"}),
    "an issuer that is none": lambda: forged({"iss": 7}),
    "a key of its owner that is none": lambda: forged({"cnf": {}}),
    "shown and not signed": lambda: issued({}) + disclosure("c2FsdHNhbHRzYWx0", "since", "1990-01") + "~",
    "shown twice": lambda: issued() + issued().split("~")[1] + "~",
    "a changed byte": lambda: issued().replace("~", "a~", 1),
    "a proof of another key": lambda: text.present(issued(bound=public(OWN)), OTHER, "a", "n", NOON),
    "a proof for one without a key": lambda: text.present(issued(), OWN, "a", "n", NOON),
    "what is counted is no proof": lambda: issued() + "\n\nentry x\nindex 0\nsize 10\n",
}


@pytest.mark.parametrize("name", SPOILT)
def test_hostile_text_is_refused(name):
    file = SPOILT[name]()

    with pytest.raises(Spoilt):
        text.parse(file)


def test_what_the_forger_here_writes_without_a_lie_holds():
    """Each of the above is refused for its own fault alone."""
    assert text.parse(forged()).issuer == HUB


def test_a_proof_of_the_key_is_for_what_was_shown_with_it():
    presented = text.present(issued(bound=public(OWN)), OWN, "a", "n", NOON).strip()
    token, first, second, binding = presented.split("~")

    for shown in ([first], [second], [], [second, first]):
        with pytest.raises(Spoilt, match="another receipt, or shows other things"):
            text.parse("~".join([token, *shown, binding]))
    assert text.parse(presented).shown == SHOWN


def test_something_named_that_no_receipt_shows_is_refused():
    hidden = disclosure("c2FsdHNhbHRzYWx0c2FsdA", "name", "Ann")
    with pytest.raises(Spoilt, match="that no receipt has"):
        text.parse(f"{forged({'_sd': [text.digest_of(hidden)]})}{hidden}~")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(typed):
    with pytest.raises(Spoilt):
        text.parse(typed)


def test_public_key_keeps_the_public_half_alone():
    assert public(OWN) == {name: OWN.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")}
    for said in (None, [], {}, {"kty": "EC"}, OctKey.generate_key().as_dict(private=True)):
        with pytest.raises(ValueError, match="key"):
            text.public_key(said)
    with pytest.raises(ValueError, match="another curve"):
        text.public_key(ECKey.generate_key("P-384").as_dict(private=False))


def test_file_with_its_proof_reads_back():
    receipt = issued()
    told = days.padded([text.digest(receipt)], lambda many: bytes([255]) * many if many != 32 else next(COUNTED))
    proof = days.prove(9, told, text.digest(receipt))

    file = text.format_file(receipt, proof)

    assert text.parse(file) == text.parse(file.replace("\n", "\r\n")) != text.parse(receipt)
    assert text.parse(file).proof == proof


def test_same_receipt_written_otherwise_has_the_same_digest():
    receipt = issued()
    token, rest = receipt.split("~", 1)
    signed, signature = token.rpartition(".")[::2]

    assert text.digest(f"{signed}.{'A' * len(signature)}~{rest}") == text.digest(receipt)
    assert text.digest(jwt.encode({"alg": "ES256"}, {"a": 1}, KEY, ["ES256"]) + "~") != text.digest(receipt)
