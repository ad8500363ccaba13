"""Powers and rights: who may do what, where, since which entry and until when.

A power comes by a live grant, a right by verified standing; the table has a section for each. Words: scope, actor,
permission, right, grant, holder, mandate, derived, verdict. This room knows scopes, not groups: each object answers
``.scope``. It says who must sign what, and by which keys (signing.py), and what was claimed on a fork (claims.py).
Nobody's power ends here by a flag or a job: a grant is live by its dates, in one predicate.
"""

from hub.permits.actor import VISITOR, Actor, Grant, Standing
from hub.permits.check import can, can_right, insist_on_words, require, require_right
from hub.permits.permissions import P, R
from hub.permits.scope import HUB, Scope, area_scope, branch_scope, group_scope

__all__ = [
    "HUB",
    "VISITOR",
    "Actor",
    "Grant",
    "P",
    "R",
    "Scope",
    "Standing",
    "area_scope",
    "branch_scope",
    "can",
    "can_right",
    "group_scope",
    "insist_on_words",
    "require",
    "require_right",
]
