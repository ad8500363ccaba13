"""Emergencies: two council members pause something for some days; it undoes itself unless a panel by lot confirms.

Words: measure, declare, confirm, undo, extend. A measure rests an office, closes settings, stops new public links or
hides something published, by dates of its own; what it closes stands still there meanwhile. Or it has the clock open an
election, which the ballots room runs like any other. It gives nobody anything, ends nobody's grant, and touches no
roll, ballot, case or rule. It cannot come again in the same place for a time. The panel is drawn by the draws room; it
may extend what it confirmed, once.

Undone, for an election: if its voting has not closed yet, it ends without effect, and offices are as they were. No
ballot is closed: one that is open goes on to its close and changes nothing. After the close the result stands. By the
ceilings a panel's days end before any voting begins; only a clock that stood still comes to an open ballot.
"""
