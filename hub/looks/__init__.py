"""Looks: whenever an office reads a member's fields, that member reads who, when, which and why (PR-04 to PR-06).

``open_fields`` is the only way from an office to another person's fields. It asks the matrix (role by field by
purpose), counts against the day's budget, and writes the look in the same unit of work: no look, no fields. There is no
list and no search of people here: whoever is looked at is reached by the one key that a purpose takes. A letter tells
them of it once a day, and everybody reads how often which office looks, in tens. Two of a panel of a case may delay, by
the record and for 30 days at most, that its sides read of its own looks (``delaying``); nobody else can.
"""

from hub.looks.counting import are_months_owed, count_months, counts, newest_month
from hub.looks.delaying import MOST, answer_orders, is_clock_behind
from hub.looks.digest import tell
from hub.looks.keys import give_key, offices_that_look, open_by_key, take_key_back
from hub.looks.matrix import Purpose
from hub.looks.queries import Look, key_of, look_at, looks_at
from hub.looks.reading import open_fields

__all__ = [
    "MOST",
    "Look",
    "Purpose",
    "answer_orders",
    "are_months_owed",
    "count_months",
    "counts",
    "give_key",
    "is_clock_behind",
    "key_of",
    "look_at",
    "looks_at",
    "newest_month",
    "offices_that_look",
    "open_by_key",
    "open_fields",
    "take_key_back",
    "tell",
]
