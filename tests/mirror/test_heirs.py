"""An heir whose trustees do not follow begins charters of its own; whoever knows the old fingerprint has to choose."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from starlette.testclient import TestClient

from hub import app, ledger, settings
from hub.charter import actions, queries
from hub.charter.changes import fingerprint_of, told
from hub.charter.text import format_charter, format_fingerprint, text_hash
from hub.cli import log as log_verbs
from hub.cli.charter import charter as charter_verbs
from hub.cli.log import log
from hub.cli.mirror import mirror as mirror_verbs
from hub.cli.prepare import prepare
from hub.db import Database
from hub.errors import RuleViolation, Unsafe
from hub.ledger import models, writer
from hub.ledger.beginnings import Unverified
from hub.ledger.reading import own_key
from hub.mirror import charters_in, publish
from hub.mirror.fork import fork
from hub.mirror.git import records
from hub.mirror.pins import Fingerprints
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.monitor.watch import Watch
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.policy import Log, Policy
from tests import vaults
from tests.charter.conftest import Chartered
from tests.charter.conftest import chartered as chartered
from tests.charters_for_tests import FIRST, after, keys, note
from tests.mirror.test_charters import sealed as sealed
from tests.mirror.test_pull import Counting, below
from tests.replaying import assert_replays
from tests.verifier import fold as fold_alone
from tests.verifier import verifier

OWN = (4, 5, 6)  # two trustees of the old hub are not among them, and one is


class Heir:
    """A fork of a chartered hub, in its folder, with what it continues."""

    def __init__(self, source, folder, url="https://heir.example", make=None):
        self.folder, self.url = folder, url
        self.continues = fork(Folder(source), folder, url, make=make).continues
        self.settings = settings.load(folder, environment={})
        self.db = vaults.opened(self.settings)

    def first(self, **changes):
        """Its own charter 1."""
        policy = Policy((Log(own_key(self.folder, None).verifier, f"{self.url}/log/"),))
        values = {"hub": "heir.example", "issuer": self.url, "trustees": keys(*OWN), "threshold": 2}
        values |= {"policy": policy, "continues": self.continues, **changes}
        return dataclasses.replace(FIRST, **values)

    def adopt(self, charter, *numbers):
        with self.db.write() as tx:
            return actions.adopt(tx, note(charter, *numbers))

    def turn(self):
        return publish.publish(self.settings, self.db)

    def size(self):
        with self.db.read() as tx:
            return ledger.size(tx)


@pytest.fixture
def heir(sealed, tmp_path):
    """An heir of a town with two charters, of which the second changed nothing but its day."""
    old = text_hash(format_charter(sealed.charter))
    sealed.charter = after(sealed.charter, expires=sealed.charter.expires.replace(year=2029))
    with sealed.db.write() as tx:
        actions.adopt(tx, note(sealed.charter, 0, 1, 2))
    sealed.turn()
    made = Heir(sealed.town.folder, tmp_path / "heir")
    made.old = old
    yield made
    made.db.close()


@pytest.fixture
def own(heir):
    """The heir under a charter of its own, published."""
    heir.turn()
    heir.adopt(heir.first(), 4, 5)
    heir.turn()
    return heir


def test_its_own_charter_comes_into_force_beside_the_old_ones(heir, sealed, another_db):
    signed, entry = heir.adopt(heir.first(), 4, 5)

    with heir.db.read() as tx:
        assert (queries.in_force(tx), queries.newest(tx)) == (signed, signed)
        assert [one.charter for one in queries.chain_of(tx)] == [heir.first()]
        assert [[one.charter.version for one in chain] for chain in queries.earlier_chains(tx)] == [[1, 2]]
        assert queries.effective_size(tx) == entry.index + 1
    assert_replays(heir.db, another_db)


OTHER = Checkpoint("town.example/log", 3, b"r" * 32)
REFUSED = {
    "too few of its own trustees": (lambda h: (h.first(), 4), "charter.not_signed_by_new"),
    "only trustees of the old hub": (lambda h: (h.first(), 0, 1, 2, 3), "charter.not_signed_by_new"),
    "a version that is not the first": (
        lambda h: (dataclasses.replace(after(h.first()), continues=None), 4, 5),
        "charter.other_version",
    ),
    "no word of what it continues": (lambda h: (h.first(continues=None), 4, 5), "charter.not_continuing"),
    "another root": (
        lambda h: (h.first(continues=dataclasses.replace(h.continues, root=b"r" * 32)), 4, 5),
        "charter.other_history",
    ),
    "another size": (
        lambda h: (h.first(continues=dataclasses.replace(h.continues, size=h.continues.size - 1)), 4, 5),
        "charter.other_history",
    ),
    "another origin": (
        lambda h: (h.first(continues=dataclasses.replace(h.continues, origin="other.example/log")), 4, 5),
        "charter.other_history",
    ),
    "the name of the hub that it leaves": (lambda h: (h.first(hub=FIRST.hub), 4, 5), "charter.same_name"),
    "another log": (lambda h: (h.first(policy=FIRST.policy), 4, 5), "charter.other_log"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_any_other_is_refused_and_nothing_is_written(heir, name):
    (charter, *numbers), code = REFUSED[name][0](heir), REFUSED[name][1]
    before = heir.size()

    with pytest.raises(RuleViolation) as refused:
        heir.adopt(charter, *numbers)

    assert (refused.value.code, heir.size()) == (code, before)
    with heir.db.read() as tx:
        assert queries.in_force(tx) is None


def test_one_forced_into_the_record_changes_nothing_anywhere(heir):
    """Whoever holds the log's key appends what no hub would: neither our fold nor the stand-alone one follows it."""
    for name, (made, _code) in REFUSED.items():
        charter, *numbers = made(heir)
        with heir.db.read() as tx:
            lines = [(bytes(raw), []) for raw in _bytes_of(tx)]
        entry = _forged(len(lines), charter.version, note(charter, *numbers).decode())
        folded = fold_alone([*lines, (entry, [])])
        assert [one.index for one in folded.void] == [len(lines)], name
        scratch = Database("sqlite://")
        scratch.create_all()
        with scratch.write() as tx:
            ignored = list(writer.replay(tx, [*lines, (entry, [])]))
        scratch.close()
        assert [one.index for one in ignored] == [len(lines)], name


def _bytes_of(tx):
    return tx.scalars(sa.select(models.entries.c.bytes).order_by(models.entries.c.index))


def _forged(index, version, text):
    said = {"at": "2026-11-21T20:00Z", "by": None, "data": {"note": text, "version": version}}
    return json.dumps(
        {**said, "type": "charter.adopted", "v": 1}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def test_once_it_has_begun_its_own_the_old_trustees_cannot_take_it_back(heir, sealed):
    heir.adopt(heir.first(), 4, 5)
    before = heir.size()

    for charter, numbers in (
        (after(sealed.charter, policy=heir.first().policy, issuer=heir.url), (0, 1, 2)),
        (heir.first(threshold=3), OWN),
    ):
        with pytest.raises(RuleViolation) as refused:
            heir.adopt(charter, *numbers)
        assert (refused.value.code, heir.size()) == ("charter.other_version", before)

    second = dataclasses.replace(after(heir.first(), continues=None), trustees=keys(5, 6, 0))
    heir.adopt(second, 4, 5, 6)
    with heir.db.read() as tx:
        assert [one.charter.version for one in queries.chain_of(tx)] == [1, 2]


def test_where_the_old_trustees_followed_no_other_chain_begins(heir, sealed):
    heir.adopt(after(sealed.charter, policy=heir.first().policy, issuer=heir.url), 0, 1, 2)
    before = heir.size()

    with pytest.raises(RuleViolation) as refused:
        heir.adopt(heir.first(), 4, 5)

    assert (refused.value.code, heir.size()) == ("charter.other_version", before)


def test_a_hub_that_began_by_itself_continues_nothing(town, tmp_path):
    bare = Chartered(town, tmp_path)
    with town.db.write() as tx, pytest.raises(RuleViolation) as refused:
        actions.adopt(tx, note(dataclasses.replace(bare.charter, continues=OTHER), 0, 1, 2))
    assert refused.value.code == "charter.other_history"


def test_an_heir_of_a_hub_without_charters_says_what_it_continues_or_does_not(town, tmp_path):
    one, other = (Heir(town.folder, tmp_path / name, f"https://{name}.example") for name in ("one", "two"))

    one.adopt(one.first(hub="one.example"), 4, 5)
    other.adopt(other.first(hub="two.example", continues=None), 4, 5)

    for made in (one, other):
        with made.db.read() as tx:
            assert queries.in_force(tx).charter.hub == made.url.removeprefix("https://")
        made.db.close()


def test_its_files_are_its_own_chain(own, sealed):
    served = own.folder / "public/charter"

    assert {path.name: path.read_bytes() for path in served.iterdir()} == {
        "1": note(own.first(), 4, 5),
        "latest": note(own.first(), 4, 5),
    }
    own.turn()
    assert sorted(path.name for path in served.iterdir()) == ["1", "latest"]


def test_a_first_look_takes_its_chain_and_says_whose_trustees_it_left(own, tmp_path):
    done = pull(Folder(own.folder), tmp_path / "mirror")

    assert [signed.charter for signed in done.charters.chain] == [own.first()]
    assert (done.problems, done.notes) == (
        [],
        [
            f"heir.example carries on from town.example/log at entry {own.continues.size}, without town.example/log's "
            "trustees: these charters are its own. Whoever trusts those trustees knows another fingerprint.",
        ],
    )


def test_whoever_knows_the_old_fingerprint_is_refused_and_told_how_to_choose(own, tmp_path):
    digits = fingerprint_of(format_charter(own.first()))
    with pytest.raises(Unverified) as refused:
        pull(Folder(own.folder), tmp_path / "mirror", None, own.old)

    assert str(refused.value) == (
        f"heir.example carries on from town.example/log at entry {own.continues.size}, without town.example/log's "
        "trustees: it has charters of its own, and not the fingerprint you know. To follow it all the same, give its "
        f'own: --fingerprint "{digits}"'
    )
    assert not {name for name in below(tmp_path / "mirror") if name.startswith(("charter", "log"))}
    done = pull(Folder(own.folder), tmp_path / "mirror", None, text_hash(format_charter(own.first())))
    assert done.key.source == "charter"


def test_a_copy_from_before_keeps_the_old_chain_until_somebody_chooses(heir, tmp_path):
    heir.turn()
    mirror = tmp_path / "mirror"
    pull(Folder(heir.folder), mirror)
    heir.adopt(heir.first(), 4, 5)
    heir.turn()
    before = below(mirror)

    for fingerprint in (None, heir.old):
        with pytest.raises(Unsafe, match="Until then this copy stays as it is"):
            pull(Folder(heir.folder), mirror, None, fingerprint)
        assert below(mirror) == before

    done = pull(Folder(heir.folder), mirror, None, text_hash(format_charter(heir.first())))
    assert done.problems == []
    assert sorted(path.name for path in (mirror / "charter").iterdir()) == ["1", "latest"]
    assert pull(Folder(heir.folder), mirror).charters.chain == done.charters.chain


def test_a_crash_while_the_chain_is_changed_is_mended_by_the_next_pull(heir, tmp_path, monkeypatch):
    heir.turn()
    mirror, chosen = tmp_path / "mirror", text_hash(format_charter(heir.first()))
    pull(Folder(heir.folder), mirror)
    heir.adopt(heir.first(), 4, 5)
    heir.turn()

    def crash(folder):
        raise OSError("the machine went down")

    with monkeypatch.context() as broken:
        broken.setattr(charters_in, "sweep", crash)
        with pytest.raises(OSError, match="went down"):
            pull(Folder(heir.folder), mirror, None, chosen)
    assert sorted(path.name for path in (mirror / "charter").iterdir()) == ["1", "2", "latest"]

    assert pull(Folder(heir.folder), mirror).problems == []

    assert sorted(path.name for path in (mirror / "charter").iterdir()) == ["1", "latest"]


def test_a_chain_served_that_its_record_does_not_adopt_is_refused(heir, tmp_path):
    """A rogue heir serves charters of its own to some readers, and leaves them out of its record."""
    heir.turn()
    first = note(heir.first(), 4, 5)
    source = Counting(heir.folder, **{"charter/1": first, "charter/latest": first})

    with pytest.raises(Unverified, match=r"Charter 1 is served otherwise than entry \d adopts it"):
        pull(source, tmp_path / "mirror")


def test_an_heir_of_an_heir_follows_the_newest_chain(own, tmp_path, another_db):
    grandchild = Heir(own.folder, tmp_path / "grandchild", "https://young.example")
    grandchild.turn()
    policy = grandchild.first().policy
    blessed = after(own.first(), continues=None, policy=policy, issuer=grandchild.url)

    with pytest.raises(RuleViolation, match="bears the name"):
        grandchild.adopt(grandchild.first(hub=FIRST.hub), 4, 5)
    grandchild.adopt(blessed, 4, 5)
    grandchild.turn()

    with grandchild.db.read() as tx:
        assert [one.charter.version for one in queries.chain_of(tx)] == [1, 2]
        assert queries.in_force(tx).charter == blessed
    assert charters_in.kept(grandchild.folder / "public") == [note(own.first(), 4, 5), note(blessed, 4, 5)]
    assert_replays(grandchild.db, another_db)
    grandchild.db.close()


def test_the_stand_alone_verifier_follows_and_asks_too(own, tmp_path):
    pull(Folder(own.folder), tmp_path / "mirror")
    place = str(tmp_path / "mirror")

    report, facts = verifier.check(place, None, text_hash(format_charter(own.first())).hex(), None)

    assert (facts["holds"], facts["problems"], facts["charter"]) == (True, [], 1)
    assert facts["fingerprint"] == text_hash(format_charter(own.first())).hex()
    assert [one for one in report.notes if "without town.example/log's trustees" in one] == [
        f"heir.example carries on from town.example/log at entry {own.continues.size}, without town.example/log's "
        "trustees: its charters are its own, and whoever trusts those trustees knows another fingerprint."
    ]
    with pytest.raises(verifier.Unjudged, match="fingerprint you know"):
        verifier.check(place, None, own.old.hex(), None)


def test_the_history_for_git_shows_its_own_chain_beside_the_rules(own, tmp_path):
    pull(Folder(own.folder), tmp_path / "mirror")

    view = records.write_of_copy(tmp_path / "mirror", own_key(tmp_path / "mirror", None), tmp_path / "hub.git")

    assert sorted(path for path in view.files if path.startswith("charter/")) == ["charter/1"]


def test_what_trustees_read_says_it_plainly(heir):
    head = heir.continues
    assert [line for line in told(heir.first()) if "TRUSTEES" in line] == [
        f"It carries on from town.example/log at entry {head.size}, WITHOUT town.example/log's TRUSTEES. Up to there "
        f"its record is theirs, with the root {log_verbs.format_base64(head.root)}."
    ]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command with this user's pins in a folder of the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def call(group, *words):
        done = CliRunner().invoke(group, [*map(str, words), "--json"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.output) if done.output.startswith("{") else done.output

    return call


def test_at_the_command_line_the_fingerprint_is_what_one_chooses_by(own, tmp_path, run):
    digits = fingerprint_of(format_charter(own.first()))

    code, said = run(log, "verify", own.folder, "--fingerprint", own.old.hex())
    assert (code, "give its own" in said) == (1, True)
    code, told_ = run(log, "verify", own.folder, "--fingerprint", digits)
    assert (code, told_["fingerprint"], told_["charter"]) == (0, digits, 1)
    assert run(mirror_verbs, "pull", own.folder, tmp_path / "mirror", "--fingerprint", digits)[0] == 0


def test_a_pin_changes_only_for_whoever_chose_by_hand(own, tmp_path, run):
    pins = Fingerprints(tmp_path / "state/folkmoot/known_logs")
    address, mirror = Folder(own.folder).name, tmp_path / "mirror"
    pins.add(address, FIRST.hub, own.old.hex())

    assert run(mirror_verbs, "pull", own.folder, mirror)[0] == 1
    assert Fingerprints(pins.path.with_name("known_logs")).of_address(address) == own.old
    chosen = text_hash(format_charter(own.first()))
    assert run(mirror_verbs, "pull", own.folder, mirror, "--fingerprint", chosen.hex())[0] == 0
    assert Fingerprints(pins.path.with_name("known_logs")).of_address(address) == chosen
    assert run(mirror_verbs, "pull", own.folder, mirror)[0] == 0


@pytest.fixture
def young(own, tmp_path):
    """An heir of the heir, with a charter of its own, as the command makes it."""
    young = Heir(own.folder, tmp_path / "young", "https://young.example", make=prepare)
    young.adopt(young.first(hub="young.example"), 4, 5)
    yield young
    young.db.close()


def test_an_operator_is_told_which_chains_stand_in_the_record(young, own, run):
    code, shown = run(charter_verbs, "show", "--data", young.folder)

    assert (code, shown["hub_fingerprint"]) == (0, fingerprint_of(format_charter(young.first(hub="young.example"))))
    assert shown["charters_before"] == [
        format_fingerprint(own.old),
        fingerprint_of(format_charter(own.first())),
    ]


def test_pages_of_an_heir_say_whose_trustees_it_left(young, own):
    origin = young.continues.origin
    client = TestClient(app.build(young.settings, young.db), base_url=young.url)

    told_, entry = client.get("/fork").text, client.get(f"/record/{young.size() - 1}").text

    said = " ".join(re.sub(r"<[^>]+>", " ", told_).split())
    assert f"This hub carries on from {origin} at entry {young.continues.size}, without that hub’s trustees." in said
    assert said.count("Charters of the hub before it had the fingerprint") == 2
    assert format_fingerprint(own.old) in said
    assert fingerprint_of(format_charter(young.first(hub="young.example"))) in said
    assert f"it carries on from {origin} at entry {young.continues.size} without the trustees of that hub" in entry
    assert client.get("/charter/1").content == note(own.first(), 4, 5)
    young.turn()
    served = client.get("/charter/1")
    assert client.get("/charter/latest").content == served.content
    assert [client.get(f"/charter/{name}").status_code for name in ("0", "2", "01", "x", "1.bak")] == [404] * 5
    assert (served.content, served.headers["cache-control"]) == (
        note(young.first(hub="young.example"), 4, 5),
        "no-cache",
    )


def test_pages_of_an_heir_say_that_no_trustees_stand_behind_it_yet(own, tmp_path, clock_at):
    bare = Heir(own.folder, tmp_path / "bare", "https://bare.example", make=prepare)
    clock_at("2029-01-01T00:00Z")

    said = TestClient(app.build(bare.settings, bare.db), base_url=bare.url).get("/fork").text

    assert "No trustees stand behind this hub until they sign a charter that names it." in said
    assert "This charter ran out on" in said
    bare.db.close()


def test_a_charters_drafter_is_told_what_to_name(young, run):
    code, said = run(charter_verbs, "keys", "--data", young.folder)

    assert (code, said["issuer"], said["log_url"]) == (0, young.url, f"{young.url}/log/")
    assert said["log"] == (young.folder / "keys/log.vkey").read_text().strip()
    assert len(said["federation_key"]) == 43


def test_a_monitor_raises_the_alarm_until_its_owner_chooses(heir, tmp_path):
    heir.turn()
    home, chosen = tmp_path / "watch", text_hash(format_charter(heir.first()))
    assert Watch(home, Folder(heir.folder)).look().alarms == []
    heir.adopt(heir.first(), 4, 5)
    heir.turn()

    (alarm,) = Watch(home, Folder(heir.folder)).look().alarms

    assert "heir.example carries on from town.example/log" in alarm.sentence
    assert "Until then this copy stays as it is" in alarm.sentence
    found = Watch(home, Folder(heir.folder), fingerprint=chosen).look()
    assert (found.alarms, found.head.size) == ([], heir.size())
    assert Watch(home, Folder(heir.folder)).look().alarms == []
