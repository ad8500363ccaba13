"""hub witness: a branch cosigns the record of its own hub, or of others."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.outcome import facts, holding, outcomes
from hub.tlog.note import format_vkey, parse_vkey
from hub.witness import store as stores

DATA = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="The witness's folder."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def witness() -> None:
    """Sign what a hub publishes, and never two histories of it."""


@witness.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help="Its name, an address of yours without spaces: north.example/witness.")
@JSON
def init(folder: Path, name: str, as_json: bool) -> None:
    """Make a witness in a new folder, and print the key that a charter names."""
    with outcomes(), holding():
        vkey = stores.make(folder, name)
    facts({"key": vkey, "next": f"hub witness add VKEY --data {folder}, with the key of the log it witnesses"}, as_json)


@witness.command()
@click.argument("vkey")
@click.option("--url", default="", help="Where the log is read.")
@DATA
@JSON
def add(vkey: str, url: str, data: Path, as_json: bool) -> None:
    """Witness one more log from now on. VKEY is its key: compare it with one you have from elsewhere."""
    with outcomes(), holding():
        store = stores.Store(data)
        store.add(parse_vkey(vkey), url)
        facts({"witness": format_vkey(store.signer.verifier), "logs": [log.key.name for log in store.logs()]}, as_json)


@witness.command()
@DATA
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, default=8080, show_default=True, help="The port to listen on.")
def serve(data: Path, host: str, port: int) -> None:
    """Answer the logs that this witness knows."""
    import uvicorn  # slow to import, and for this command only

    from hub.witness.server import make_app  # for the same reason

    with outcomes(), holding():
        store = stores.Store(data)
        store.logs()
    uvicorn.run(make_app(store), host=host, port=port, access_log=False, server_header=False, log_level="warning")
