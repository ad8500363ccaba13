"""Standing and power: what the roster's member feed may do to either, and how fast.

Words: change (what the feed says of a person, until it is carried out), hold (changes that are too many at once wait,
and their numbers are published), tripwire (how many are too many). Verbs: take, carry_out. Nobody is suspended here,
and nothing says in public whom a change is about.
"""
