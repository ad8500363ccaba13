"""Areas and the branches that their members found.

Words: area (postcode districts, declared by office), branch (the body founded in one). Verbs: declare_area, propose,
invite, cofound, confirm, object. A branch in whose area nobody is verified any more is dormant: nobody has power in it
until somebody is again (resting.py); what was refused, its founders appeal (appeals.py); both for groups too.
Headquarters confirms a name and a boundary; it gives nobody a role in a branch.
"""
