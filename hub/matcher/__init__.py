"""The matcher: a process apart, with its own store, keys and mail. It alone can compare, and it tells nobody.

Its whole interface: hand_over (a sealed handshake, never answered), redeem (a code for a proof), deliver (a letter to a
row). It lists nothing, searches nothing, and says to nobody whether a pair was on the roster: on a hit, and only then,
a code goes to the contact the roster holds. What goes the other way are files: counts, imports, the member feed.
"""
