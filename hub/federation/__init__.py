"""Which site or page is a group's own: proofs of addresses, the register of official channels, and trust marks.

Words: proof (what the group put at its address, and the hub sees there), look (one try to see it), channel (a public
link of a group, with how sure it is), trust mark (a signed statement that any site can show and anybody check, OpenID
Federation 1.0 section 7), anchor (the hub, as federations see it). A link lapses after two failed looks 72 hours apart.
"""
