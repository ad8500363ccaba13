"""hub role: the key of an office, made and used on its holder's own machine. Nothing here reads a network."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.outcome import facts, outcomes
from hub.cli.trustee import JSON, PASSPHRASE, PATH, READABLE, passphrase
from hub.ledger import files
from hub.mirror import receipts, role_keys
from hub.mirror.receipts import OfficeReceipt, format_claim, format_office_receipt, parse_office_receipt
from hub.permits.binding import thumbprint

KEY = click.option("--key", type=READABLE, help="The file of the key, where the receipt does not hold it.")


@click.group()
def role() -> None:
    """The key of your office: with it you claim the office on a fork."""


@role.command()
@click.argument("grant")
@click.option("--out", type=PATH, help="Where the locked key goes; GRANT.key by default.")
@PASSPHRASE
@JSON
def new(grant: str, out: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Make the key of an office, locked with a passphrase. GRANT is on the page of the office: grt_..."""
    path = out or Path(f"{grant}.key")
    with outcomes():
        if path.exists():
            raise click.ClickException(f"{path} is there already. A key is never written over.")
        made = role_keys.make(grant, passphrase(passphrase_file, new=True))
        raw = role_keys.format_key(made)
        role_keys.parse_key(raw)  # whatever is no name of a grant is found here
        files.put({path: raw}, mode=0o400)
    told = {"public_key": made.public, "thumbprint": thumbprint(made.public), "locked_in": str(path)}
    facts(
        {**told, "next": "Paste the public key on the page of the office. Then keep the receipt with this file."},
        as_json,
    )


@role.command()
@click.argument("receipt", type=READABLE)
@click.argument("key", type=READABLE)
@click.option("--out", type=PATH, required=True, help="Where the whole receipt goes.")
def join(receipt: Path, key: Path, out: Path) -> None:
    """Put a receipt and the file of its key together into one file."""
    with outcomes():
        if out.exists():
            raise click.ClickException(f"{out} is there already.")
        whole = _receipt(receipt, key)
        files.put({out: format_office_receipt(whole)}, mode=0o400)
    click.echo(f"{out} holds the receipt and its key. Keep it where you keep what must not be lost.")


@role.command()
@click.argument("receipt", type=READABLE)
@click.option("--url", required=True, help="The address of the fork: https://hub.example.org")
@click.option("--nonce", required=True, help="The number that its page shows; good for ten minutes.")
@KEY
@PASSPHRASE
def claim(receipt: Path, url: str, nonce: str, key: Path | None, passphrase_file: Path | None) -> None:
    """Sign a claim of your office on a fork, and print what to paste there. The key stays here."""
    with outcomes():
        whole = _receipt(receipt, key)
        locked = whole.key
        if locked is None:
            raise click.UsageError("This receipt holds no key. Give the file of the key with --key.")
        entry = receipts.registration_in(whole)
        token = role_keys.bind(
            role_keys.unlock(locked, passphrase(passphrase_file)), audience=url, nonce=nonce, entry=entry
        )
    click.echo(format_claim(whole, token))


def _receipt(path: Path, key: Path | None) -> OfficeReceipt:
    found = parse_office_receipt(files.read(path, receipts.LARGEST) or b"")
    return found if key is None else found.with_key(role_keys.parse_key(files.read(key, receipts.LARGEST) or b""))
