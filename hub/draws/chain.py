"""On which chain draws rest, in this process: quicknet, and nothing else, unless it only tries things out.

No constitution, no record and no page can change it. Who runs a hub can start it as a demo; whoever copies or verifies
its record does not, and then refuses every draw in it: its sources have another name.
"""

from __future__ import annotations

from hub.lot.chains import QUICKNET, REHEARSAL, Chain

_chosen = QUICKNET


def in_force() -> Chain:
    """Returns the chain whose rounds draws name."""
    return _chosen


def rehearse() -> None:
    """Lets this process, from now on, take the chain whose secret everybody knows: in demos and tests."""
    global _chosen
    _chosen = REHEARSAL


def is_rehearsal() -> bool:
    """Tells whether draws here only try things out."""
    return _chosen == REHEARSAL
