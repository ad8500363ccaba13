"""Contacts that the office asked its members for again: verified anew. Nothing of the file is kept."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

from hub.matcher import contacts
from hub.matcher.desk import Desk
from hub.matcher.intake import tidy
from hub.matcher.intake.columns import recognise
from hub.matcher.intake.files import read
from hub.matcher.intake.reading import Unreadable
from hub.matcher.intake.rules import Rules
from hub.matcher.models import roster_entries


def confirm_contacts(desk: Desk, path: Path, rules: Rules) -> tuple[int, int]:
    """Verifies the contacts of a file's rows again; returns how many, and how many rows it names that had none to.

    A row counts only with the very address that the roster holds: another one comes by an import. Raises Unreadable.
    """
    table = read(path, rules.sheet)
    try:
        columns = recognise(table.header, rules.columns)
    except ValueError as problem:
        raise Unreadable(str(problem)) from problem
    if "member_id" not in columns or "email" not in columns:
        raise Unreadable("It takes columns known as member_id and email. Name them under [columns] in a settings file.")
    numbers = tidy.Numbers(re.compile(rules.id_pattern), rules.id_pad_to, rules.id_case)
    again = others = 0
    with desk.db.write() as tx:
        for _line, cells in table.rows():
            try:
                number, mail = numbers.read(cells[columns["member_id"]])[0], tidy.read_mail(cells[columns["email"]])[0]
            except (tidy.Refused, IndexError):
                others += 1
                continue
            digest = desk.keys.number_digest(rules.country, number)
            ref = tx.scalar(sa.select(roster_entries.c.ref).where(roster_entries.c.id_digest == digest))
            is_again = bool(ref and mail) and contacts.confirm(tx, str(ref), desk.keys.contact_digest(str(mail)))
            again, others = again + is_again, others + (not is_again)
    return again, others
