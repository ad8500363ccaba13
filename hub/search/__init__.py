"""Finding branches and groups by words: accents folded here, in Python, so that both databases find the same.

``put``, ``put_place`` and ``remove`` keep the derived index beside the public tables; ``find`` answers. Words are
matched from their beginnings, all of them; a postcode counts by its district only.
"""

from hub.search.index import Hit, find, put, put_place, remove, scrub
from hub.search.words import fold

__all__ = ["Hit", "find", "fold", "put", "put_place", "remove", "scrub"]
