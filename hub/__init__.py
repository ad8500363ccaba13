"""Folkmoot: a member-verified federated group hub. Each room below says on its door plate what it is for."""

__version__ = "0.1.0"
