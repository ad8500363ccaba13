"""/git/hub.git: the record as a history that git clones, one commit for each entry. A view, derived from it alone.

    entries/0012/34/00123456.json   each entry's own bytes, from which its leaf is hashed
    constitution.toml               the rules in force there           charter/<n>   the charters adopted so far

The same record gives the same commit ids, whoever replays it and whenever: nothing of the machine or of its clock is in
them, no words that can be withdrawn, and nothing of the order of turns. It proves nothing (SHA-1): whoever doubts a
copy makes their own and compares. This layout never changes: every id after the change would.
"""
