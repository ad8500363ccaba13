"""The rules in force: one TOML text, its outer limits, its versions; and the entries with which a hub begins.

Words: constitution, version, procedure, step, role, term, limit. load() takes a text whole or not at all, and says
which line breaks which limit. This room decides nothing about anybody: it says by which rules acts run.
"""

from hub.constitution.load import Broken, load
from hub.constitution.model import Constitution, Procedure, Role, Step

__all__ = ["Broken", "Constitution", "Procedure", "Role", "Step", "load"]
