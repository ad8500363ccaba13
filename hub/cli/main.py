"""hub: the command. Each subcommand's module is imported when it is called, so that --help is quick."""

from __future__ import annotations

import importlib

import click

# name -> (module, attribute, one line for --help)
COMMANDS = {
    "init": ("hub.cli.init", "init", "Make a hub in a new folder."),
    "serve": ("hub.cli.serve", "serve", "Run a hub: web, worker and matcher."),
    "web": ("hub.cli.serve", "web", "Run the web process alone."),
    "work": ("hub.cli.work", "work", "Run the worker alone."),
    "matcher": ("hub.cli.matcher", "matcher", "Run the matcher alone."),
    "demo": ("hub.cli.demo", "demo", "Found and serve a hub of invented members."),
    "area": ("hub.cli.area", "area", "Declare postcode areas."),
    "roster": ("hub.cli.roster", "roster", "Import the organisation's list."),
    "client": ("hub.cli.client", "client", "Sites of groups that sign members in."),
    "charter": ("hub.cli.charter", "charter", "Adopt a charter that trustees signed."),
    "witness": ("hub.cli.witness", "witness", "Cosign a hub's record at a branch."),
    "trustee": ("hub.cli.trustee", "trustee", "Keys and charters, offline."),
    "count": ("hub.cli.count", "count", "Count a ballot file again."),
    "log": ("hub.cli.log", "log", "Verify the public record."),
    "lot": ("hub.cli.lot", "lot", "Check a published draw by lot."),
    "receipt": ("hub.cli.receipt", "receipt", "Check a receipt of membership."),
    "mirror": ("hub.cli.mirror", "mirror", "Keep a verified copy of a hub."),
    "monitor": ("hub.cli.monitor", "monitor", "Follow a hub's record, and raise the alarm."),
    "role": ("hub.cli.role", "role", "Keys of offices, and claims with them."),
    "fork": ("hub.cli.fork", "fork", "Carry on where another hub stopped."),
    "vault": ("hub.cli.vault", "vault", "Copy the keys of people, and let no copy grow old."),
    "keys": ("hub.cli.keys", "keys", "Take in the keys that trustees joined, on an heir."),
}


class Lazy(click.Group):
    """Knows its commands by name; imports one only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names in the order of a hub's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports a command, or returns None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version=importlib.import_module("hub").__version__, prog_name="hub")
@click.option("--rehearsal", is_flag=True, help="Take the draws of a demo, which anybody could choose.")
def main(rehearsal: bool) -> None:
    """Folkmoot: a member-verified federated group hub."""
    if rehearsal:
        importlib.import_module("hub.draws.chain").rehearse()


if __name__ == "__main__":
    main(prog_name="hub")
