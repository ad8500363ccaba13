"""The register of groups: founding, joining and leaving, where they meet, and their moderators.

Words: group, membership, request, seats, draft, link. A group is readable for ever; it takes acts while somebody holds
a mandate in it. Who belongs to it is private, and no entry ever says so.
Verbs by file: founding, membership, offices, links.
"""
