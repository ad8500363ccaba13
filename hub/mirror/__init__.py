"""The open mirror: public settings and source out, verified copies in, and the fork that carries on from one.

Words: source (of a pull: a hub's address or a folder), pull, pin, fork, public settings, archive (the running source),
receipt (of an office: proofs and its key), claim (on a fork).
A mirror folder is laid out like the addresses it copies. Nothing is written to it that was not verified first. This
room signs nothing: the sequencer does.
"""
