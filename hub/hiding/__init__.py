"""Hiding what somebody published: by one officer, with a reason and a rule, and only if two others confirm it.

Words: hide, restore, conduct (the rules by which something may be hidden), target, author. Rooms above register what
can be hidden; nothing is edited and nothing deleted: the words stay in the record, and pages stop showing them.
"""

from hub.hiding.targets import Target, hideable

__all__ = ["Target", "hideable"]
