"""Emergencies: two council members pause something for some days; it undoes itself unless a panel by lot confirms.

Words: measure, declare, confirm, undo. A measure rests an office, closes settings, stops new public links or hides
something published, by dates of its own; what it closes stands still there meanwhile. It gives nobody anything, ends
nobody's grant, and touches no roll, ballot, case or rule. It cannot come again in the same place for a time. The panel
is drawn by the draws room.
"""
