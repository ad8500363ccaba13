"""What an official statement may be. Pure.

Source: reference for governance, 1.5 (two persons, a correction log), and its code reminder ("not in our name").
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.errors import YES, Verdict, no

KINDS = ("statement", "reminder")
TITLE_LONGEST, TEXT_LONGEST = 120, 8000  # characters
PUBLISH, CORRECT, WITHDRAW = "publish", "correct", "withdraw"


def words_ok(title: str, text: str) -> Verdict:
    """Says whether a title of 1 to 120 characters and a text of 1 to 8000 will do."""
    if not 1 <= len(title.strip()) <= TITLE_LONGEST or not title.isprintable():
        return no("statements.title", f"Give it a title of 1 to {TITLE_LONGEST} characters, in one line.")
    if not 1 <= len(text.strip()) <= TEXT_LONGEST or "\x00" in text:
        return no("statements.text", f"Say it in 1 to {TEXT_LONGEST} characters.")
    return YES


def kind_ok(kind: str, names_group: bool) -> Verdict:
    """Says whether it is of a known kind; only a reminder is about a group."""
    if kind in KINDS and (kind == "reminder" or not names_group):
        return YES
    return no("statements.kind", "Choose whether it is a statement, or a reminder of what was not said in our name.")


def may_change(done: Iterable[str], is_running: bool) -> Verdict:
    """Says whether a statement may be corrected or taken back.

    done: what took effect of it so far, of publish, correct and withdraw; is_running: whether a change of it waits.
    """
    so_far = set(done)
    if PUBLISH not in so_far:
        return no("statements.not_published", "There is no such statement, or it has not been published yet.")
    if WITHDRAW in so_far:
        return no("statements.withdrawn", "This statement was taken back. Publish another one instead.")
    if is_running:
        return no("statements.change_runs", "Another change of this statement waits for a signature.")
    return YES
