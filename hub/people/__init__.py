"""Persons, their accounts, standing, sessions and the one-use links they pass on. All of it private.

Words: person (for life), account (a sign-in), nickname (what members see), standing (what was proved, dated spells),
session, invitation. A cookie becomes an Actor here. There is no password, and nobody can act as another.
"""
