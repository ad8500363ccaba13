"""Acts: runs of a procedure, step by step, each with a deadline and a consequence. The clock moves them, no officer.

Words: act, procedure, step, hand, tick, effect, due. Other rooms' entries are the hands (``group.proposed``,
``group.confirmed``); their applies call open_act, submit and sign. rules.tick decides, pure; actions.run carries out.
"""
