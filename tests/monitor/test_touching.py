"""What touches a branch: its own entries from the first, what began in it, acts by its offices, everybody's."""

from __future__ import annotations

import datetime as dt

import pytest

from hub import ids
from hub.ledger import Entry
from hub.monitor.touching import Touching

AT = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)


@pytest.fixture
def names():
    """Identifiers by short names: n for the branch North, s for South."""
    wanted = "brn:n act:n brn:s act:s grp:n act:group grt:n grt:s act:hold bal:n hld:ana act:hub grt:hub lnk:n"
    wanted += " hld:ben hld:cyd grt:g key:early key:late key:ben key:cyd"
    return {name: ids.new(name[:3]) for name in wanted.split()}


def history(names):
    """A record: (type, by, data), with what touches North marked."""
    brn_n, brn_s, ana = names["brn:n"], names["brn:s"], names["hld:ana"]
    return [
        ("hub.founded", None, {"origin": "town.example/log"}, False),
        ("constitution.adopted", 0, {"version": 1}, True),
        ("area.declared", 1, {"area": "north-side", "names": ["North"]}, False),
        (
            "branch.proposed",
            1,
            {"act": names["act:s"], "area": "south", "branch": brn_s, "slug": "s", "holder": ana},
            False,
        ),
        ("branch.proposed", 1, {"act": names["act:n"], "area": "north-side", "branch": brn_n, "slug": "n"}, True),
        ("branch.cofounded", 1, {"act": names["act:n"], "holder": ana}, True),
        ("branch.registered", None, {"act": names["act:n"], "branch": brn_n, "step": 2}, True),
        ("grant.made", None, {"grant": names["grt:n"], "scope": brn_n, "act": names["act:n"], "holder": ana}, True),
        ("grant.made", None, {"grant": names["grt:s"], "scope": brn_s, "act": names["act:s"], "holder": ana}, False),
        ("group.proposed", 1, {"group": names["grp:n"], "act": names["act:group"], "branch": brn_n, "slug": "s"}, True),
        ("group.confirmed", 7, {"act": names["act:group"]}, True),
        ("link.declared", None, {"group": names["grp:n"], "link": names["lnk:n"]}, True),
        ("link.lapsed", None, {"link": names["lnk:n"]}, True),
        ("group.confirmed", 8, {"act": names["act:s"]}, False),
        ("holder.named", 1, {"holder": ana}, False),
        ("election.opened", None, {"act": names["act:hub"], "scope": "hub"}, False),
        ("candidacy.declared", 1, {"act": names["act:hub"], "holder": ana}, False),
        ("software.reviewed", 7, {"words": ["by an office of North"]}, True),
        ("area.declared", 1, {"area": "north-side", "names": ["North"]}, True),
        ("draw.voided", None, {"tickets": [names["brn:n"], "x"]}, True),
        ("charter.adopted", None, {"version": 1}, True),
    ]


def keys_of_holders(names):
    """What follows: keys of holders of North, of its group, and of nobody there."""
    ana, ben, cyd = names["hld:ana"], names["hld:ben"], names["hld:cyd"]
    return [
        ("key.registered", 1, {"holder": ana, "key": names["key:late"]}, True),
        ("key.registered", 1, {"holder": ben, "key": names["key:ben"]}, False),
        ("key.registered", 1, {"holder": cyd, "key": names["key:cyd"]}, False),
        ("grant.made", None, {"grant": names["grt:g"], "scope": names["grp:n"], "holder": ben}, True),
        ("key.withdrawn", 1, {"key": names["key:ben"]}, True),
        ("key.withdrawn", 1, {"key": names["key:cyd"]}, False),
        ("key.registered", 1, {"holder": ben, "key": names["key:early"]}, True),
        ("key.withdrawn", 1, {"key": names["key:late"]}, True),
        ("key.withdrawn", 1, {"key": ids.new("key")}, False),
    ]


def test_what_touches_a_branch_and_what_does_not(names):
    lines = [*history(names), *keys_of_holders(names)]
    touching = Touching("n")

    found = [
        touching.takes(Entry(type_, AT, by, data, (), 1, None, index))
        for index, (type_, by, data, _) in enumerate(lines)
    ]

    assert [line for line, taken in zip(lines, found, strict=True) if taken != line[3]] == []


def test_an_area_without_a_branch_has_what_is_declared_of_it(names):
    touching = Touching("north-side")
    entry = Entry("area.declared", AT, 1, {"area": "north-side", "names": ["North"]}, (), 1, None, 2)

    assert (touching.takes(entry), Touching("south").takes(entry)) == (True, False)
