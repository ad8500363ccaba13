"""The private trail: who touched whose record, and why. Shown to that person, and it expires.

``note`` writes in the same unit of work as what it tells of; nothing here is ever public.
"""

from hub.audit.trail import Note, forget_old, note, notes_about

__all__ = ["Note", "forget_old", "note", "notes_about"]
