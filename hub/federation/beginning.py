"""Addresses whose wait is over begin, after one more look at the site: a proof that went refuses them (OP-14)."""

from __future__ import annotations

from hub.db import Database
from hub.federation import proofs
from hub.federation.proofs import Eyes, Look
from hub.oidc import addresses


def begin_due(db: Database, eyes: Eyes) -> int:
    """Lets addresses begin whose site is still proved now; returns how many. Looks outside of any unit of work."""
    with db.read() as tx:
        waiting = [(client, proofs.proof_of(tx, client.link)) for client in addresses.due(tx)]
    begun = 0
    for client, proof in waiting:
        found = Look(False) if proof is None else proofs.look(proof, eyes)
        with db.write() as tx:
            if found.is_away:
                addresses.put_off(tx, client.id)
            elif found.is_there:
                begun += addresses.begin(tx, client.id)
            else:
                addresses.refuse(tx, client.id)
    return begun
