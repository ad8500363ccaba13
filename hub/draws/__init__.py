"""Draws of people by lot: who is in the pool, what public randomness said, who follows whom, and who takes care.

Words: pool, ticket, count, objection, void, reading, seat, offer, reserve, standing by, caretaker. A pool is frozen and
published as a file of tickets before its named sources are known; whose a ticket is stays here, in a private table.
Members object to it, and two whom it does not concern void it while no source is known. Two people read the sources;
the draw follows by itself, and its file is checked by anybody with ``hub lot check``. Those drawn see it first, and
accept or decline within 48 hours; reserves follow in the published order and in no other.

Where the rules ask, members say of themselves what only counts in tens tell of; nobody is drawn by it (strata).

Pulses that were pasted whole are checked with NIST's certificate (beacons, certificates); a draw does not wait for it.

What it does not do: decide anything, or open an act of another room. The computation is hub.lot's, pure.
"""
