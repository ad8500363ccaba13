"""Closing one's account: asked for, seven days in which it is kept after all, then over; a day later nothing is left.

Offices, groups and the standing here end as for anybody whose membership ends; the organisation's own list is not
touched. A day after all of that is over, sites and letters have been told, and whatever is about the person is erased,
the words by which the record shows them too. What a holder did stays, under a name that leads to nobody (GO-11, PR-10).
Whoever was no member for two years is erased by itself.
"""

from hub.leaving.actions import ask, close_again, close_due, erase_due, erase_gone, keep
from hub.leaving.queries import closes_at

__all__ = ["ask", "close_again", "close_due", "closes_at", "erase_due", "erase_gone", "keep"]
