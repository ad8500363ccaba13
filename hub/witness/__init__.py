"""A witness: run at a branch, it cosigns another organisation's checkpoints, and never two histories of one log.

Words: origin, checkpoint, cosignature, submission. Formats are C2SP's tlog-witness v1.0.0 and tlog-cosignature v1.0.1;
any log that speaks them may be witnessed, and any other witness may stand in this one's place. It keeps the last
checkpoint it cosigned of each log, and nothing else; it knows no member and no hub.
"""
