"""The closed lists that an inventory is written in: why, of what class, from where, for whose eyes."""

PURPOSES = {
    "account": ("So that you can sign in and be told", "Art. 6(1)(b)"),
    "membership": ("So that members, and nobody else, take part", "Art. 6(1)(b), 9(2)(d)"),
    "safety": ("So that nobody else gets in as you", "Art. 6(1)(f)"),
    "offices": ("So that whoever holds a power answers for it", "Art. 6(1)(b), 9(2)(d)"),
    "groups": ("So that you can be in groups", "Art. 6(1)(b), 9(2)(d)"),
    "ballots": ("So that each member has one vote", "Art. 6(1)(b), 9(2)(d)"),
    "draws": ("So that anybody can check a draw by lot", "Art. 6(1)(b), 9(2)(d)"),
    "cases": ("So that nobody is judged unheard, and both sides are protected", "Art. 6(1)(f), 9(2)(d)"),
    "petitions": ("So that each signature counts once", "Art. 6(1)(b), 9(2)(d)"),
    "sites": (
        "So that your groups’ sites let you in, and learn no more than you allow",
        "Art. 6(1)(a), 9(2)(a)",
    ),
    "letters": ("So that you see everything that was written to you", "Art. 6(1)(b), 15"),
    "looks": ("So that nobody looks at your record unseen", "Art. 6(1)(c), 15"),
    "receipts": ("So that you can prove yourself without this hub", "Art. 6(1)(b)"),
    "record": ("So that everybody can check what was done", "Art. 6(1)(f), 9(2)(d)"),
    "house": ("It is about nobody: the hub’s own work", "none is needed"),
}
"""Purpose to its sentence and its basis in Regulation (EU) 2016/679 and its UK namesake."""

CLASSES = {
    "link": "a random name",
    "holder": "a name in the public record",
    "other": "another person, not shown here",
    "when": "a time",
    "number": "a number",
    "choice": "one of a list",
    "place": "a place, an act or a site",
    "word": "words",
    "key": "a public key or hash",
    "secret": "a secret, or the hash of one",
    "sealed": "sealed",
    "file": "a file",
}

SOURCES = {
    "you": "you",
    "list": "the list of members",
    "office": "an office-holder",
    "site": "a site that you used",
    "hub": "this hub",
}

SEEN = {
    "nobody": "nobody else",
    "you": "nobody else",
    "groups": "your groups, if you chose so; organisers whom you ask or give a key; scrutineers of a ballot of yours",
    "organisers": "organisers of that group, while you ask to join",
    "scrutineers": "scrutineers of a ballot of yours",
    "parties": "whoever decides about what you sent it for, and whoever it concerns; you see who opened it",
    "key": "an organiser whom you give a key; scrutineers of a ballot of yours",
    "sites": "that one site",
    "everybody": "everybody",
}
