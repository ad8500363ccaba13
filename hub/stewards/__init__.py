"""Who runs the machine after the founding: named by two of the council, for a term, and withdrawn by two of it.

Words: steward, to name, to withdraw. The steward decides nothing; the founding's is named by whoever founded the hub,
and ends with its term. This room keeps no table: an act says what is asked, and a grant who it is.
"""
