"""What must leave the house, stored with the change and carried out after it is committed.

A letter is a row: person, name of a template, closed parameters; no address is here. The same row stands under
/me/notices for as long as the person does. ``put`` writes it; the worker hands what is unsent to the matcher.
"""

from hub.outbox.actions import Letter, mark_sent, notices, put, put_all, unsent

__all__ = ["Letter", "mark_sent", "notices", "put", "put_all", "unsent"]
