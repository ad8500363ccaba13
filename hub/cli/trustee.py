"""hub trustee: keys made and used offline, charters drafted, read and signed, keys split and joined.

Nothing here reads a data folder or a network: it runs on a machine that was never online, from one copy of the source.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from hub import chance, clock
from hub.charter import changes, locked, rules, shares
from hub.charter.text import Charter, format_charter, is_expired, parse_charter, text_hash
from hub.cli.outcome import facts, holding, outcomes
from hub.ledger import files
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.hashes import Spoilt, parse_hash, parse_number
from hub.tlog.note import Signature, Signer, Verifier, format_note, format_vkey, parse_note, parse_vkey
from hub.tlog.policy import Group, Log, Policy, Witness

KIND = "trustee key"
LARGEST = 1 << 18
PATH = click.Path(path_type=Path, dir_okay=False)
READABLE = click.Path(path_type=Path, exists=True, dir_okay=False)
PASSPHRASE = click.option(
    "--passphrase-file", type=READABLE, help="Read the passphrase from a file's first line instead of asking."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def trustee() -> None:
    """Keys that can move a hub: made, used and kept offline."""


@trustee.command()
@click.argument("name")
@click.option("--out", type=PATH, help="Where the locked key goes; NAME.trustee by default.")
@PASSPHRASE
@JSON
def new(name: str, out: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Make a trustee's key, locked with a passphrase. NAME has no spaces: an address of yours, such as ana.example."""
    path = out or Path(f"{name.replace('/', '-')}.trustee")
    with outcomes(), holding():
        if path.exists():
            raise click.ClickException(f"{path} is there already. A key is never written over.")
        seed = chance.octets(32)
        vkey = format_vkey(Signer(name, seed).verifier)
        made = locked.lock(KIND, name, vkey, seed, passphrase(passphrase_file, new=True))
        files.put({path: locked.format_locked(made)}, mode=0o400)
    facts({"key": vkey, "locked_in": str(path), "next": "Give the key to whoever drafts the charter."}, as_json)


@trustee.command()
@click.option("--after", type=READABLE, help="The charter in force; what is not named below stays as it is.")
@click.option("--hub", "hub_name", help="The hub's name, such as hub.example; version 1 only.")
@click.option("--trustee", "trustees", multiple=True, metavar="VKEY", help="A trustee's key; give all of them.")
@click.option("--threshold", type=int, help="How many trustees must sign; more than half by default.")
@click.option("--issuer", help="The hub's address, such as https://hub.example.")
@click.option("--federation-key", help="The thumbprint of the hub's federation key.")
@click.option("--log", "log_", nargs=2, metavar="VKEY URL", help="The log's key and where it is read.")
@click.option("--witness", "witnesses", nargs=3, multiple=True, metavar="NAME VKEY URL", help="Give all of them.")
@click.option("--quorum", type=int, help="How many witnesses must sign; more than half by default, 0 for none.")
@click.option("--expires", help="The last day it holds, YYYY-MM-DD; in two years by default.")
@click.option(
    "--continues",
    nargs=3,
    metavar="ORIGIN SIZE ROOT",
    help="Of an heir that carries on without the old hub's trustees: what it continues, as hub fork printed it.",
)
@click.option("--out", type=PATH, required=True, help="Where the draft goes.")
def draft(after: Path | None, out: Path, **given: Any) -> None:
    """Write a charter that nobody has signed yet, the first or the one after another."""
    with outcomes(), holding():
        before = _charter(after)[1] if after else None
        charter = _drafted(before, after, given)
        text = format_charter(charter)
        if out.exists():
            raise click.ClickException(f"{out} is there already.")
        files.put({out: text.encode()})
    _tell(before, charter)
    click.echo(f"\nWritten to {out}. Each trustee now runs: hub trustee sign {out} --key FILE")


@trustee.command()
@click.argument("file", type=READABLE)
@click.option("--before", type=READABLE, help="The charter in force before it.")
@JSON
def show(file: Path, before: Path | None, as_json: bool) -> None:
    """Say in words what a charter says, what it changes, and who has signed it."""
    with outcomes(), holding():
        facts(_shown(file, before), as_json)


@trustee.command()
@click.argument("file", type=READABLE)
@click.option("--key", type=READABLE, required=True, help="Your locked key.")
@click.option("--before", type=READABLE, help="The charter in force before it; needed above version 1.")
@click.option("--yes", is_flag=True, help="Do not ask. For rehearsals only.")
@PASSPHRASE
def sign(file: Path, key: Path, before: Path | None, yes: bool, passphrase_file: Path | None) -> None:
    """Read what a charter changes, then put your name under it. The file itself gains a line."""
    with outcomes(), holding():
        text, charter, lines = _charter(file)
        old = _charter(before)[1] if before else None
        if charter.version > 1 and old is None:
            raise click.UsageError("Give the charter in force with --before: sign nothing that you cannot compare.")
        if old and charter.previous != text_hash(_charter(before)[0]):
            raise click.ClickException(f"{file} does not follow {before}. Sign neither; ask whoever sent it.")
        _tell(old, charter)
        for name, digits in changes.digits_of(charter, text).items():
            click.echo(f"\n{name}  {digits}")
        if not yes:
            click.confirm(f"\nIs that what you want to sign, and {changes.comparing(charter)}?", abort=True)
        signer = _signer(key, passphrase_file)
        trustees = (*charter.trustees, *(old.trustees if old else ()))
        if signer.verifier not in trustees:
            raise click.ClickException(f"{format_vkey(signer.verifier)} is a trustee of neither charter.")
        mine = signer.sign(text)
        kept = [line for line in lines if (line.name, line.key_id) != (mine.name, mine.key_id)]
        files.put({file: format_note(text, [*kept, mine])})
        facts(_shown(file, before), False)


@trustee.command()
@click.argument("secret", type=READABLE)
@click.option("--name", required=True, help="What it is, such as subject.key.")
@click.option("--charter", type=READABLE, help="The charter in force: as many shares as it has trustees and asks for.")
@click.option("--needed", type=int, help="How many shares give it back; 3 without a charter.")
@click.option("--shares", "many", type=int, help="How many trustees get one; 5 without a charter.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder for the shares.")
def split(secret: Path, name: str, charter: Path | None, needed: int | None, many: int | None, out: Path) -> None:
    """Split a key among trustees, so that no few of them can use it and a lost hub can be followed by its heir."""
    with outcomes(), holding():
        raw = secret.read_bytes()
        needed, many = _numbers(charter, needed, many)
        for share in shares.split(name, raw, needed, many):
            path = out / f"{name}.share-{share.x}"
            if path.exists():
                raise click.ClickException(f"{path} is there already. Name another folder.")
            files.put({path: f"{shares.format_share(share)}\n".encode()}, mode=0o400)
    click.echo(
        f"{many} shares of {name} in {out}; any {needed} give it back. Give each to one trustee, then remove it."
    )


@trustee.command("join")
@click.argument("files_", metavar="SHARE...", type=READABLE, nargs=-1, required=True)
@click.option("--out", type=PATH, required=True, help="Where the key goes.")
def join_(files_: tuple[Path, ...], out: Path) -> None:
    """Put a split key together again."""
    with outcomes(), holding():
        if out.exists():
            raise click.ClickException(f"{out} is there already.")
        read = [(path, _share(path)) for path in files_]
        whole = [(path, share) for path, share in read if share is not None]
        done = shares.join_any([share for _, share in whole])
        files.put({out: done.secret}, mode=0o400)
    click.echo(f"The key is in {out}, as it was before it was split.")
    for path in [*(path for path, share in read if share is None), *(whole[at][0] for at in done.wrong)]:
        click.echo(f"{path} is wrong: it was altered, or is of another key. The others gave the key without it.")


def _share(path: Path) -> shares.Share | None:
    try:
        return shares.parse_share(path.read_text())
    except (Spoilt, UnicodeDecodeError):
        return None


def _numbers(path: Path | None, needed: int | None, many: int | None) -> tuple[int, int]:
    """Returns how many shares give a key back, and how many there are: as the charter says, where one is given."""
    if path is None:
        return needed or 3, many or 5
    charter = _charter(path)[1]
    said = charter.threshold, len(charter.trustees)
    for name, typed, must in zip(("--needed", "--shares"), (needed, many), said, strict=True):
        if typed not in (None, must):
            raise click.UsageError(f"{name}: charter {charter.version} says {must}, and not {typed}. Leave it out.")
    return said


def _charter(path: Path | None) -> tuple[str, Charter, list[Signature]]:
    """Reads a draft or a note. Result: its text, what it says, and the signature lines it bears, unchecked."""
    raw = (files.read(path, LARGEST) if path else None) or b""
    if b"\n\n" not in raw:
        try:
            text = raw.decode()
        except UnicodeDecodeError as problem:
            raise Spoilt("not a charter") from problem
        return text, parse_charter(text), []
    text, lines = parse_note(raw)
    return text, parse_charter(text), lines


def _drafted(before: Charter | None, after: Path | None, given: dict[str, Any]) -> Charter:
    old = before.policy if before else Policy()
    trustees = tuple(map(parse_vkey, given["trustees"])) or (before.trustees if before else ())
    witnesses = tuple(Witness(name, parse_vkey(key), url) for name, key, url in given["witnesses"]) or old.witnesses
    quorum = given["quorum"] if given["quorum"] is not None else _half(len(witnesses))
    policy = Policy(
        (Log(parse_vkey(given["log_"][0]), given["log_"][1]),) if given["log_"] else old.logs,
        witnesses,
        (Group("branches", quorum, tuple(one.name for one in witnesses)),) if witnesses and quorum else (),
        "branches" if witnesses and quorum else "none",
    )
    return Charter(
        hub=before.hub if before else _needed(given, "hub_name", "--hub"),
        version=before.version + 1 if before else 1,
        previous=text_hash(_charter(after)[0]) if before else None,
        expires=_day(given["expires"]),
        threshold=given["threshold"] or _half(len(trustees)),
        trustees=trustees,
        issuer=given["issuer"] or (before.issuer if before else _needed(given, "issuer", "--issuer")),
        federation_key=given["federation_key"] or (before.federation_key if before else None),
        continues=_continued(before, given["continues"]),
        policy=policy,
    )


def _continued(before: Charter | None, typed: tuple[str, str, str] | None) -> Checkpoint | None:
    if typed and before:
        raise click.UsageError("--continues begins a chain of its own, and --after follows another. Give one of them.")
    return Checkpoint(typed[0], parse_number(typed[1]), parse_hash(typed[2])) if typed else None


def _half(many: int) -> int:
    return many // 2 + 1


def _needed(given: dict[str, Any], name: str, option: str) -> str:
    if not given[name]:
        raise click.UsageError(f"The first charter needs {option}.")
    return str(given[name])


def _day(typed: str | None) -> dt.date:
    if typed is None:
        today = clock.today()
        return today.replace(year=today.year + 2, day=min(today.day, 28))
    try:
        return dt.date.fromisoformat(typed)
    except ValueError as problem:
        raise click.UsageError("--expires is a day: YYYY-MM-DD.") from problem


def _tell(before: Charter | None, charter: Charter) -> None:
    for line in changes.told(charter):
        click.echo(line)
    if before:
        click.echo(f"\nAgainst charter {before.version}:")
        for line in changes.changes(before, charter) or ["Nothing but its version changes."]:
            click.echo(f"  {line}")


def _shown(file: Path, before: Path | None) -> dict[str, Any]:
    text, charter, _ = _charter(file)
    raw = files.read(file, LARGEST) or b""
    old = _opened(before, ()) if before else None
    signed = _opened(file, old.charter.trustees if old else ())
    verdict = rules.next_verdict(old, signed) if old else rules.first_verdict(signed)
    comparing = old is not None or charter.version == 1
    return {
        "says": changes.told(charter),
        "changes": changes.changes(old.charter, charter) if old else [],
        "signed_by": sorted(format_vkey(key) for key in signed.signers),
        "counts": bool(verdict) if comparing else "unknown: give the charter before it with --before",
        "why_not": "" if verdict or not comparing else verdict.sentence,
        "expired": is_expired(charter, clock.today()),
        **{name.lower(): digits for name, digits in changes.digits_of(charter, text).items()},
        "bytes": len(raw),
    }


def _opened(path: Path | None, also: tuple[Verifier, ...]) -> rules.Signed:
    text, charter, lines = _charter(path)
    return rules.open_charter(format_note(text, lines), also) if lines else rules.Signed(charter, text, frozenset())


def _signer(path: Path, passphrase_file: Path | None) -> Signer:
    found = locked.parse_locked(files.read(path, LARGEST) or b"", KIND)
    signer = Signer(found.name, locked.unlock(found, passphrase(passphrase_file)))
    if format_vkey(signer.verifier) != found.public:
        raise click.ClickException(f"{path} holds another key than it says.")
    return signer


def passphrase(path: Path | None, *, new: bool = False) -> str:
    """Reads a passphrase from a file, or asks for it; twice for a new one."""
    if path:
        return path.read_text().split("\n")[0]
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))
