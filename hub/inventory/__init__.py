"""What is held about whom, why, from where, for whose eyes and until when: as data, and what follows from it.

The three files say it of every column of every table (PR-01); pages, copies, deleting and erasing go by them.
"""

from hub.inventory.forgetting import forget, sweep
from hub.inventory.lines import Field, Line, Store, private, public
from hub.inventory.own import Value, done, erase, held, tells

__all__ = ["Field", "Line", "Store", "Value", "done", "erase", "forget", "held", "private", "public", "sweep", "tells"]
