"""What acts in a group are about: an office, settings, its closing, its merger with another."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.acts.models import acts
from hub.groups.models import closures, mergers, office_acts, settings_changes


def office_act(tx: Connection, act: str) -> Row[Any] | None:
    """Returns what an act about an office is about: group, role, grant; or None."""
    return tx.execute(sa.select(office_acts).where(office_acts.c.act == act)).first()


def settings_change(tx: Connection, act: str) -> Row[Any] | None:
    """Returns the settings that an act proposes: act, group, joining, seats, name, purpose, told_entry; or None.

    told_entry: None where it changes no words.
    """
    return tx.execute(sa.select(settings_changes).where(settings_changes.c.act == act)).first()


def closure(tx: Connection, act: str) -> Row[Any] | None:
    """Returns what an act would close: act, group, reason; or None."""
    return tx.execute(sa.select(closures).where(closures.c.act == act)).first()


def merger(tx: Connection, act: str) -> Row[Any] | None:
    """Returns what an act would merge: act, group, ends, into, answers, reason, told_entry; or None."""
    return tx.execute(sa.select(mergers).where(mergers.c.act == act)).first()


def answer_to(tx: Connection, act: str) -> str | None:
    """Returns the act by which the other group answers, or None where it has not."""
    return tx.scalar(sa.select(mergers.c.act).where(mergers.c.answers == act))


def asking_to_merge(tx: Connection, group: str) -> list[Row[Any]]:
    """Returns the acts that run by which other groups ask to merge into one, and that it has not answered."""
    answered = sa.select(mergers.c.answers).where(mergers.c.answers.is_not(None))
    asking = (
        sa.select(mergers)
        .join_from(mergers, acts, acts.c.id == mergers.c.act)
        .where(mergers.c.into == group, mergers.c.answers.is_(None), mergers.c.act.not_in(answered))
        .where(acts.c.outcome.is_(None))
    )
    return list(tx.execute(asking.order_by(mergers.c.told_entry)))
