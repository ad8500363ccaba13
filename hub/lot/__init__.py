"""Pure draws by lot that anybody can re-run: tickets, source, seed, walk, reserves, replacements, the published file.

Words: a *pool* holds the *tickets* of those who may be drawn, and nobody else; a ticket is 128 random bits with its
*strata* (branch=york, age=18-29). The pool's hash and its *source*, a beacon's round, are published first, the round's
signature comes later; together they give the *seed*, the seed gives the *order*, the *walk* along it gives the
*panel* within its *quotas*, and the rest of the order is the *reserves*. *Odds* are how often each ticket was drawn by
1,000 dummy seeds.

Verbs: make_pool, draw, replace, check. docs/draws.md gives the method in words.

What it does not do: say whose a ticket is, keep anything, fetch a source, or ask the time. Everything here runs on the
standard library alone. Run by itself, ``python -m hub.lot.check FILE``, it opens that one file.
Source: governance reference 3.2, with one source that everybody verifies in place of several that nobody does.
"""
