"""Pure mathematics of the transparency log: hashes, proofs, tiles, notes, checkpoints, cosignatures, receipts.

Formats are C2SP's (signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-cosignature v1.0.1, tlog-tiles v0.1.0 and the
tlog-proof draft) over the tree of RFC 6962. Nothing here reads a disk, a socket or the clock. Formats come as inverse
pairs, ``format_x`` and ``parse_x``; whatever is not exactly as written there raises Spoilt.
"""

from hub.tlog.hashes import EMPTY, Spoilt, Tree, leaf_hash, node_hash

__all__ = ["EMPTY", "Spoilt", "Tree", "leaf_hash", "node_hash"]
