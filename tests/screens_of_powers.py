"""What is on the pictures of powers: a town in which things were decided, told by the verbs under the demo's clock.

Each stage leads to pages worth a picture: (name, path, who looks at it, nobody's name for a visitor).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries as acts
from hub.ballots import casting, elections
from hub.ballots import queries as ballots
from hub.branches import queries as branches
from hub.cli import stores
from hub.cli.demo.telling import Story
from hub.cli.stores import open_desk
from hub.constitution import queries as constitution
from hub.draws import actions as draws
from hub.draws import files as draw_files
from hub.draws import queries as draw_queries
from hub.draws import ticking as draws_ticking
from hub.emergencies import actions as emergencies
from hub.groups import queries as groups
from hub.hiding import actions as hiding
from hub.people import actions as people_actions
from hub.people import queries as people
from hub.people.models import accounts
from hub.people.queries import Lives
from hub.permits import HUB, Actor
from hub.permits import queries as permits
from hub.petitions import actions as petitions
from hub.settings import Settings
from tests.draws.conftest import KNOWN, said
from tests.vaults import nicknames

Page = tuple[str, str, str]
REASONS = (
    "The branch has not met since the spring, and letters stay unanswered for weeks. We want organisers who answer."
)
WHY = {
    "York two": "I have kept the casework evenings going for two years. I would open a second one for night workers.",
    "York three": "The hall is free on Sundays. I would bring the branch together once a month, with a cooked meal.",
    "York four": "I answer letters within the week, and I would put our accounts on the wall.",
}


class Town:
    """A served demo hub whose people act by the verbs. settings: the hub's."""

    def __init__(self, settings: Settings, story: Story) -> None:
        self.settings, self.story = settings, story

    @contextmanager
    def verbs(self) -> Iterator[Connection]:
        """A unit of work in the store, at the demo's time."""
        clock.follow(self.settings.clock)
        db = stores.open_hub(self.settings)
        try:
            with db.write() as tx:
                yield tx
        finally:
            clock.set_source(None)
            db.close()

    def wait(self, **by: float) -> None:
        """Moves the demo's clock on, and lets it do what is due."""
        ahead = int(self.settings.clock.read_text()) + int(dt.timedelta(**by).total_seconds())
        self.settings.clock.write_text(str(ahead))
        with self.verbs() as tx:
            while elections.tick(tx) + draws_ticking.tick(tx):
                pass

    def actors(self, tx: Connection) -> dict[str, Actor]:
        """Everybody with an account, newly signed in, by nickname."""
        found = {}
        for nickname, person in nicknames(tx).items():
            token = people_actions.start_session(tx, person=person, kind="passkey")
            found[nickname] = people.actor_of(tx, token, Lives())[0]
        return found

    def session_of(self, nickname: str) -> str:
        """The cookie of somebody who has just signed in."""
        with self.verbs() as tx:
            return people_actions.start_session(tx, person=nicknames(tx)[nickname], kind="passkey")

    def grow(self) -> None:
        """Eight more members of York come; all may be drawn by lot."""
        self.story.desk = open_desk(self.settings.data)
        with self.verbs() as tx:
            for number in range(8):
                self.story.come(tx, "york", f"neighbour_{number + 1}")
            for actor in self.actors(tx).values():
                draws.wish(tx, at_home=True, volunteers=True, actor=actor)
        self.story.desk.db.close()

    def stages(self) -> Iterator[list[Page]]:
        """The town's half year, stage by stage."""
        self.grow()
        self.wait(days=1)
        yield self.petition_and_hiding()
        yield self.draw_and_measure()
        yield self.amendment()
        yield from self.election()

    def petition_and_hiding(self) -> list[Page]:
        """A recall that collects signatures, and a purpose that is hidden."""
        with self.verbs() as tx:
            found = self.actors(tx)
            york = branches.by_slug(tx, "york")
            grant, others, *_rest = permits.live_grants(tx, scope=york.scope)
            recall = petitions.open_recall(tx, grant=grant.id, reasons=REASONS, actor=found["york_four"])
            petitions.sign(tx, act=recall, actor=found["neighbour_1"])
            night = groups.by_slug(tx, "night-workers-of-york")
            tenants = groups.by_slug(tx, "york-tenants")
            reason = "It speaks for renters who were never asked."
            hidden = hiding.hide(
                tx, kind="group", target=tenants.id, rule=3, reason=reason, actor=found["quiet_otter_42"]
            )
        return [
            ("branch-power", "/branches/york/power", ""),
            ("hub-power", "/power", ""),
            ("recall", f"/petitions/{recall}", "york_three"),
            ("recall-start", f"/offices/{others.id}/recall", "york_three"),
            ("recall-again", f"/offices/{grant.id}/recall", "york_three"),
            ("group-power", "/groups/york-tenants/power", "york_one"),
            ("group-hidden", "/groups/york-tenants", ""),
            ("settings", "/groups/night-workers-of-york/settings", "york_three"),
            ("closure", "/groups/night-workers-of-york/closure", "york_three"),
            ("own-rules", "/branches/york/rules", "york_three"),
            ("wishes", "/me/draws", "york_three"),
            ("notices", "/me/notices", "york_one"),
            ("measure-new", "/emergencies/new", "merry_robin_17"),
            ("hide-new", f"/hide/group/{night.id}", "york_three"),
            ("hiding", f"/hidings/{hidden}", ""),
        ]

    def draw_and_measure(self) -> list[Page]:
        """A council that was drawn by lot, and a measure that two of the old one declared."""
        with self.verbs() as tx:
            act = acts.running(tx, HUB, "draw_council")[0].id
        db = stores.open_hub(self.settings)
        while draw_files.compute_odds(db):
            pass
        db.close()
        self.wait(**KNOWN)
        with self.verbs() as tx:
            found = self.actors(tx)
            draws.reveal(tx, act=act, text=said(tx, act), actor=found["merry_robin_17"])
            hackney = branches.by_slug(tx, "hackney").scope
            reason = "Somebody sold the keys to the hall. Until we know who, nobody should change who may come in."
            measure = emergencies.declare(
                tx, kind="freeze_settings", scope=hackney, reason=reason, actor=found["merry_robin_17"]
            )
            emergencies.confirm(tx, act=measure, actor=found["calm_heron_64"])
        with self.verbs() as tx:
            order = draw_queries.order(tx, act, 0)
            person = draw_queries.person_of(tx, order[0].ticket)
            drawn = next(row.nickname for row in tx.execute(accounts.select()) if row.person == person)
        return [
            ("draw", f"/draws/{act}", ""),
            ("seat", f"/draws/{act}/seat", drawn),
            ("measure", f"/emergencies/{measure}", ""),
        ]

    def amendment(self) -> list[Page]:
        """Other rules that were proposed, voted and are in force."""
        with self.verbs() as tx:
            found = self.actors(tx)
            text = constitution.newest(tx).text
            text = text.replace("[numbers.request_days]\nvalue = 7", "[numbers.request_days]\nvalue = 5")
            why = "A week is long for somebody who is new and asks to join."
            act = petitions.propose_amendment(tx, text=text, reasons=why, actor=found["hackney_one"])
            for nickname in ("york_two", "york_three", "ynys_mon_one", "ynys_mon_two"):
                petitions.sign(tx, act=act, actor=found[nickname])
        self.wait(days=14, minutes=1)
        with self.verbs() as tx:
            ballot = ballots.of_act(tx, act)[0].id
        paper = ("decision-paper", f"/ballots/{ballot}/vote", "york_five")
        return [("amendment", f"/petitions/{act}", "york_three"), paper, ("ballots", "/ballots", "")]

    def decide(self, act: str, say: str) -> str:
        """Everybody on the roll votes; the ballot."""
        with self.verbs() as tx:
            ballot = ballots.of_act(tx, act)[0].id
            for number, (nickname, actor) in enumerate(self.actors(tx).items()):
                line = ballots.line_of(tx, ballot, actor.person)
                if line is not None and not line.voted and number % 7:
                    choice = say if number % 3 else "no"
                    nonce = casting.new_nonce()
                    casting.cast(tx, ballot=ballot, choice=choice, nonce=nonce, phrase=nickname, actor=actor)
        return ballot

    def election(self) -> Iterator[list[Page]]:
        """The result of the decision; an election of York: the paper, and two weeks later who was elected."""
        with self.verbs() as tx:
            amend = acts.running(tx, HUB, "amend")[0].id
        decided = self.decide(amend, "yes")
        self.wait(days=14)
        yield [("decision-result", f"/ballots/{decided}", "")]
        self.wait(days=14)
        yield [("rules", "/rules", "")]
        york = None
        while york is None:
            self.wait(days=1)
            with self.verbs() as tx:
                running = acts.running(tx, branches.by_slug(tx, "york").scope, "elect")
                york = running[0].id if running else None
        with self.verbs() as tx:
            found = self.actors(tx)
            for who, why in WHY.items():
                nickname = who.lower().replace(" ", "_")
                elections.stand(tx, act=york, statement=why, interests="", shown="-", actor=found[nickname])
        yield [("election", f"/elections/{york}", "")]
        self.wait(days=14, minutes=1)
        with self.verbs() as tx:
            ballot = ballots.of_act(tx, york)[0].id
        yield [("ballot-paper", f"/ballots/{ballot}/vote", "york_five")]
        with self.verbs() as tx:
            standing = [one.holder for one in ballots.candidates(tx, york)]
            for number, (nickname, actor) in enumerate(self.actors(tx).items()):
                if ballots.line_of(tx, ballot, actor.person) is not None:
                    choice = standing[number % 3 :] + standing[: number % 3] if number % 4 else standing[:2]
                    nonce = casting.new_nonce()
                    casting.cast(tx, ballot=ballot, choice=choice, nonce=nonce, phrase=nickname, actor=actor)
        self.wait(days=7)
        yield [("ballot-result", f"/ballots/{ballot}", ""), ("ballot-count", f"/ballots/{ballot}/count", "")]
