"""Draws of people by lot: who is in the pool, what public randomness said, who follows whom, and who takes care.

Words: pool, ticket, count, objection, void, source, seat, offer, reserve, standing by, caretaker. A pool is frozen and
published as a file of tickets before its source is known; whose a ticket is stays here, in a private table. Members
object to it, and two whom it does not concern void it while its source is not known. The worker, or any member, brings
what the beacon signed, and nothing else is taken; the draw follows in that minute, and anybody checks its file with
``hub lot check``. Those drawn see it first, and accept or decline within 48 hours; reserves follow in the published
order, and in no other.

Where the rules ask, members say of themselves what only counts in tens tell of; nobody is drawn by it (strata).

The worker reads the beacon by itself (beacons); on which chain draws rest is the process's own choice, once (chain).

What it does not do: decide anything, or open an act of another room. The computation is hub.lot's, pure.
"""
