"""The hub's side of the handshake: hand over and forget, redeem a code into standing, follow the roster's changes.

Nothing typed is stored or logged here, and no answer about a pair ever reaches the web process. The member feed names
rows by the matcher's opaque refs, and only those that somebody has redeemed.
"""
