"""Membership receipts: a member's signed paper that says what the hub said of them on a day, and not who they are.

Words: receipt (an SD-JWT, RFC 9901, that its owner keeps and shows), day (of issue: all that a receipt tells of time),
digest (SHA-256 of what the hub signed), count (how many were issued on a day, in tens, with the root over their
digests). No entry tells of one receipt, and no table joins a person and a digest. What a receipt is for: an heir
without a roster sees that the old hub called its owner a member; and a flood of invented members before a coup shows in
the counts, and is cut off at the fork.
"""
