"""What a sign-in costs: python -m tests.bench.provider [LOGINS]. Prints figures; asserts nothing.

The hub's own web process (SQLite in WAL, synchronous FULL) beside three peers (provider_peers.py), each on one core
with one worker; the driver has the other core. Rounds alternate. A figure is the server's user and system time for one
request, in microseconds, the median of the rounds with least and most; p50 and p99 are what the driver waited. The
peers live in a temporary folder, with environments of their own. oidc-provider's store forgets with the process.

Goals of the reference, for ours: whole login 2,000 (RS256) and 1,800 (ES256), authorize 700, token 1,300, refresh
1,100 (ES256), userinfo 220, introspect 280, discovery 60, JWKS 60.
"""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hub import clock, ledger
from hub.acts import actions as acts
from hub.branches import actions as branches
from hub.cli import stores
from hub.cli.init import found
from hub.groups import links
from hub.groups import queries as groups
from hub.groups.entries import LinkProved
from hub.ledger import catalogue
from hub.oidc import clients, consenting, registering, rules
from hub.oidc.keys import ProviderKeys
from hub.oidc.parties import Party
from hub.people import actions as people
from hub.web.cookies import SESSION, name_of
from tests.bench.groups import free_port
from tests.bench.provider_peers import bare_served, canaille_served, node_served, toolkit_served
from tests.bench.provider_server import SCOPE, Figures, Server, kept, measured, timed
from tests.people_for_tests import AREAS, again, found_branch, found_group, member, seat_council

ROUNDS = 5
OURS = {
    "authorize": "/oidc/authorize", "token": "/oidc/token", "userinfo": "/oidc/userinfo",
    "introspect": "/oidc/introspect", "discovery": "/.well-known/openid-configuration", "jwks": "/oidc/jwks.json",
}  # fmt: skip


@contextlib.contextmanager
def hub_served(folder: Path, algorithm: str) -> Iterator[Server]:
    """A hub of one group, its forum, and a member who said yes."""
    port = free_port()
    url = f"http://localhost:{port}"
    ago = clock.now() - clock.DAY * 4
    clock.set_source(lambda: ago)
    settings, _links = found(folder / "hub", {"name": "Bench", "url": url, "port": port})
    database = stores.open_hub(settings)
    with database.write() as tx:
        branches.declare_at_founding(tx, AREAS, operator="bench")
        branch, founders = found_branch(tx, seat_council(tx, "una", "ula"))
        group, (ben, cara) = found_group(tx, branch, founders[:2], founders[2:4])
        anna = member(tx, "anna")
        ben, cara = again(tx, ben), again(tx, cara)
        links.add_link(
            tx, group=group, kind="forum", url="https://forum.test", title="Forum", audience="public", actor=ben
        )
        link = next(one.id for one in groups.links_for(tx, group, viewer=ben))
        ledger.append(tx, LinkProved(link, "file", clock.today().isoformat()), by=None)
        made = registering.propose(tx, group=group, link=link, tool="any", tells="group", actor=ben)
        registering.confirm(tx, act=made.act, actor=cara)
    clock.set_source(None)
    with database.write() as tx:
        acts.run(tx, made.act)
        secret = registering.make_secret(tx, client=made.id, actor=again(tx, ben))
        tx.exec_driver_sql(f"UPDATE client_keys SET algorithm = '{algorithm}'")
        live = clients.find(tx, made.id)
        assert live is not None
        party = Party(live, clients.keys_of(tx, made.id))  # type: ignore[arg-type]  # it was just made
        shown = consenting.shares(party, SCOPE)
        consenting.give(tx, party=party, actor=again(tx, anna), scope_shares=shown, silent=False, keeps_address=False)
        session = people.start_session(tx, person=anna.person or "")
    database.close()
    assert ProviderKeys(settings.keys).ready()
    process = subprocess.Popen(
        ["taskset", "-c", "0", sys.executable, "-m", "hub.cli.main", "web", "--data", str(settings.data)]
    )
    server = Server("hub", port, process, made.id, secret, [f"{name_of(settings, SESSION)}={session}"], OURS)
    yield from kept(server)


def main(many: int) -> None:
    """Measures all, round by round, and prints a table for each algorithm. Two of the peers are asked for RS256."""
    catalogue.load()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {ROUNDS} rounds of {many}"
    )
    for algorithm in rules.ALGORITHMS:
        with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
            folder = Path(name)
            servers = [stack.enter_context(hub_served(folder, algorithm))]
            servers.append(stack.enter_context(node_served(folder, algorithm)))
            if algorithm == "RS256":
                servers += [stack.enter_context(serve(folder)) for serve in (toolkit_served, canaille_served)]
            bare, floor = stack.enter_context(bare_served(folder)), []
            found: dict[str, list[Figures]] = {server.name: [] for server in servers}
            for server in servers:
                measured(server, many // 4)  # not counted: everything is warm afterwards
            for _round in range(ROUNDS):
                for server in servers:
                    found[server.name].append(measured(server, many))
                bare.line.close()
                floor.append(timed(bare, many * 4, lambda _n, bare=bare: bare.look("discovery"))[0])
        print(f"\nuvicorn, five bytes: {statistics.median(floor):.0f} ({min(floor):.0f} to {max(floor):.0f})")
        show(algorithm, found)


def show(algorithm: str, found: dict[str, list[Figures]]) -> None:
    """Prints the figures of one algorithm: ours, and each peer's with how many times ours it is."""
    print(f"\n{algorithm}; microseconds of CPU, median (least to most); peers: times ours")
    for what in found["hub"][0]:
        ours = statistics.median(figures[what][0] for figures in found["hub"])
        waits = [statistics.median(figures[what][place] for figures in found["hub"]) for place in (1, 2)]
        print(f"{what}: p50 {waits[0]:.2f} ms, p99 {waits[1]:.2f} ms")
        for name, rounds in found.items():
            costs = [figures[what][0] for figures in rounds]
            middle = statistics.median(costs)
            print(f"  {name:<22}{middle:8.0f} ({min(costs):.0f} to {max(costs):.0f}){middle / ours:8.2f}")


if __name__ == "__main__":
    os.sched_setaffinity(0, {os.cpu_count() - 1} if (os.cpu_count() or 1) > 1 else {0})
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
