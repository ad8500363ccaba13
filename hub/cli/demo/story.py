"""The demo's story: told through the import, the handshake and the verbs alone, under a set clock.

There is no INSERT here and no way in that a real hub lacks: every person came by a code, every office by an act.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from hub import clock
from hub.branches import actions as branches
from hub.branches import queries as branch_queries
from hub.cli.area import import_areas
from hub.cli.demo import press
from hub.cli.demo.people import AREAS, Invented, write_csv
from hub.cli.demo.telling import Equip, Story, empty_handed
from hub.cli.stores import open_desk
from hub.constitution import actions as constitution
from hub.db import Database
from hub.groups import founding, membership, offices
from hub.groups import queries as group_queries
from hub.groups.founding import Plan
from hub.groups.queries import Group
from hub.matcher.intake.batch import take_in
from hub.matcher.intake.rules import rules_from
from hub.people import invitations
from hub.settings import Settings

DAYS = 120
PUBLIC, MEMBERS = "public", "members"


def place(kind: str, url: str, title: str, audience: str = PUBLIC) -> dict[str, str]:
    """A place where a group meets."""
    return {"kind": kind, "url": url, "title": title, "audience": audience}


TENANTS = Plan(
    "York Tenants",
    "Renters of York helping one another: with letters to landlords, at viewings, and at the door on the day.",
    "branch",
    links=[
        place("forum", "https://forum.example.org/c/york-tenants", "Our forum"),
        place("calendar", "https://calendar.example.org/york", "Casework evenings"),
        place("whatsapp", "https://chat.whatsapp.com/Demo0Invite0Link0Only", "Rota chat", MEMBERS),
    ],
)
NIGHT = Plan(
    "Night Workers of York",
    "For everybody who works while York sleeps: pay, transport home, and somewhere warm to meet.",
    "accept",
    seats=40,
    links=[place("signal", "https://signal.group/#Demo0Invite", "Signal group", MEMBERS)],
)
KITCHEN = Plan(
    "Hackney Community Kitchen",
    "We cook for whoever comes, every Thursday, and keep the accounts on the wall.",
    "members",
    links=[place("website", "https://kitchen.example.org/", "What we cook next")],
)
BUSES = Plan(
    "Buses for Hackney",
    "Counting buses that do not come, and taking the count to the people who run them.",
    "branch",
    links=[place("wiki", "https://wiki.example.org/buses", "The count")],
)
FARM = Plan(
    "Ffermwyr Môn",
    "Pobl sy'n ffermio ar yr ynys, ac sy'n cefnogi ei gilydd. Island farmers standing by one another.",
    "branch",
    links=[place("facebook", "https://www.facebook.example.org/ffermwyrmon", "Ein tudalen")],
)
ALLOTMENTS = Plan("York Allotments", "Keeping York's allotments, and opening the ones that stand empty.", "branch")


def tell(
    settings: Settings, db: Database, links: list[tuple[str, str]], members: list[Invented], equip: Equip = empty_handed
) -> Story:
    """Plays the whole story, from the clock's moment until DAYS later."""
    seats = [link.rsplit("/", 1)[1] for _, link in links]
    start = clock.now()
    story = Story(settings, db, open_desk(settings.data), members, seats, start, equip)
    # The desk follows the demo's clock file; the story runs before it.
    clock.set_source(lambda: story.now)
    begin(story)
    found_branches(story)
    found_groups(story)
    appoint(story)
    press.name_press(story)
    story.wait(days=DAYS / 2)
    press.speak(story)
    lately(story, start + dt.timedelta(days=DAYS))
    story.desk.db.close()
    return story


def begin(story: Story) -> None:
    """Areas, the roster, and the founding seats."""
    import_areas(story.settings, AREAS, "demo")
    path = story.settings.data / "outgoing" / "members.csv"
    write_csv(path, story.members)
    take_in(story.desk, (Path(path),), "demo", rules_from(None), full=True, is_real=True)
    path.unlink()
    story.wait(hours=20)
    council = (("york", "merry_robin_17"), ("hackney", "calm_heron_64"), ("ynys-mon", "brave_lynx_31"))
    for token, (area, nickname) in zip(story.seats[1:], council, strict=True):
        with story.db.write() as tx:
            seat = invitations.look(tx, token)
            actor = story.come(tx, area, nickname)
            constitution.take_seat(tx, role=seat.role, shown=nickname, actor=actor)
            invitations.consume(tx, token, str(actor.person))


def found_branches(story: Story) -> None:
    """York and Hackney by confirmation, Ynys Môn by fourteen days of silence."""
    story.wait(days=8)
    for area, name in (("york", "York"), ("hackney", "Hackney"), ("ynys-mon", "Ynys Môn")):
        with story.db.write() as tx:
            first = story.come(tx, area, f"{area.replace('-', '_')}_one")
            branch = branches.propose(tx, area=area, name=name, shown=f"{name} one", actor=first)
            for word in ("two", "three", "four", "five"):
                inviter = story.sign_in(tx, f"{area.replace('-', '_')}_one")
                token = branches.invite(tx, branch=branch.id, actor=inviter)
                other = story.come(tx, area, f"{area.replace('-', '_')}_{word}")
                branches.cofound(tx, token=token, shown=f"{name} {word}", actor=other)
        story.wait(days=1)
        if area != "ynys-mon":
            for nickname in ("merry_robin_17", "calm_heron_64"):
                with story.db.write() as tx:
                    branches.confirm(tx, branch=branch.id, actor=story.sign_in(tx, nickname))
    story.wait(days=15)


def found_groups(story: Story) -> None:
    """Five groups in three towns, with members who join."""
    plans = [
        ("york", "york_one", "york_two", TENANTS, ("york_three", "york_four")),
        ("york", "york_three", "york_four", NIGHT, ("york_one", "york_five")),
        ("hackney", "hackney_one", "hackney_two", KITCHEN, ("hackney_three", "hackney_four")),
        ("hackney", "hackney_three", "hackney_five", BUSES, ("hackney_one", "hackney_two")),
        ("ynys-mon", "ynys_mon_one", "ynys_mon_two", FARM, ("ynys_mon_three", "ynys_mon_four")),
    ]
    for area, first, second, plan, officers in plans:
        group = propose(story, area, first, second, plan)
        for officer in officers:
            with story.db.write() as tx:
                founding.confirm(tx, group=group, actor=story.sign_in(tx, officer))
        story.wait(days=2)
    for nickname, slug in (("quiet_otter_42", "york-tenants"), ("sunny_finch_23", "york-tenants")):
        with story.db.write() as tx:
            newcomer = story.come(tx, "york", nickname)
            membership.join(tx, group=group_queries.by_slug(tx, slug), actor=newcomer)


def propose(story: Story, area: str, first: str, second: str, plan: Plan) -> Group:
    """Two founders bring a group to where the branch is asked."""
    with story.db.write() as tx:
        found = branch_queries.of_area(tx, area)
        if found is None:
            raise RuntimeError(f"{area} has no branch")
        group = founding.propose(tx, branch=found, plan=plan, shown="-", actor=story.sign_in(tx, first))
        token = founding.invite(tx, group=group, actor=story.sign_in(tx, first))
        founding.cofound(tx, token=token, shown="-", actor=story.sign_in(tx, second))
    return group


def appoint(story: Story) -> None:
    """York Tenants appoint a moderator, two organisers signing; the office begins three days later."""
    story.wait(days=7)
    with story.db.write() as tx:
        tenants = group_queries.by_slug(tx, "york-tenants")
        act, token = offices.offer(tx, place=tenants, actor=story.sign_in(tx, "york_one"))
        offices.accept(tx, token=token, shown="Quiet Otter", actor=story.sign_in(tx, "quiet_otter_42"))
        for organiser in ("york_one", "york_two"):
            offices.confirm(tx, act=act, actor=story.sign_in(tx, organiser))
    story.wait(days=3)


def lately(story: Story, today: dt.datetime) -> None:
    """What waits now: a request to join, and a group that the branch has not confirmed yet."""
    story.wait(seconds=(today - dt.timedelta(days=3) - story.now).total_seconds())
    with story.db.write() as tx:
        night = group_queries.by_slug(tx, "night-workers-of-york")
        membership.join(tx, group=night, actor=story.sign_in(tx, "sunny_finch_23"))
    propose(story, "york", "york_two", "york_five", ALLOTMENTS)
    story.wait(seconds=(today - story.now).total_seconds())
