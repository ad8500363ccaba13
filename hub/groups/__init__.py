"""The register of groups: founding, joining and leaving, where they meet, and their moderators.

Words: group, membership, request, seats, draft, link, dormant. A group is readable for ever; it takes acts while
somebody belongs to it and somebody holds a mandate in it. Who belongs to it is private, and no entry ever says so; that
nobody does any more (dormant), and that somebody does again, are entries without a name or a number.
Verbs by file: founding, membership, offices, links.
"""
