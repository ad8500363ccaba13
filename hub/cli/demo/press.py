"""The demo's press: two members whom the council names, what they say for all, and what was not said in our name."""

from __future__ import annotations

from hub.cli.demo.telling import Story
from hub.groups import offices
from hub.statements import actions

COUNCIL = ("merry_robin_17", "calm_heron_64")
PRESS = (("hackney", "plain_swift_58", "Plain Swift"), ("ynys-mon", "clear_gull_26", "Clear Gull"))

RENTS = (
    "No eviction before Easter",
    "The weather is the same for whoever is behind with the rent. We ask every landlord in the country to put nobody "
    "out before Easter, and every council to say publicly whom it has put out since November.",
)
NOT_OURS = (
    "This was not said in our name",
    "A leaflet on buses in Hackney named a driver, and used our sign. It was not said in our name. Drivers do not "
    "write timetables.",
)


def name_press(story: Story) -> None:
    """The council names two, two of it signing for each; their office begins three days later."""
    for area, nickname, shown in PRESS:
        with story.db.write() as tx:
            act, token = offices.offer(tx, place=None, role="press", actor=story.sign_in(tx, COUNCIL[0]))
            offices.accept(tx, token=token, shown=shown, actor=story.come(tx, area, nickname))
            for councillor in COUNCIL:
                offices.confirm(tx, act=act, actor=story.sign_in(tx, councillor))
    story.wait(days=3)


def speak(story: Story) -> None:
    """One statement and, two days later, one reminder: each drafted by one of the press and signed by the other."""
    for place, (kind, (title, text)) in enumerate((("statement", RENTS), ("reminder", NOT_OURS))):
        drafter, second = (PRESS[place][1], PRESS[1 - place][1])
        with story.db.write() as tx:
            act = actions.draft(tx, kind=kind, title=title, text=text, actor=story.sign_in(tx, drafter))
            actions.confirm(tx, act=act, actor=story.sign_in(tx, second))
        story.wait(days=2)
