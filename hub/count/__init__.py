"""Pure vote counting: ballots and a seed in, a result with every stage and every tie explained out.

Words: *paper* one ballot as cast, a tuple of candidates' places in order of preference; *contest* what is counted;
*stage* one transfer and what it led to; *units* hundred-thousandths of a vote; *seed* the public text that decides
lots. Verbs: ``count`` (Scottish STV; with one seat the alternative vote), ``decide`` (yes or no with a floor),
``tally`` (approval, for trifles), ``draw_up`` (the count sheet), ``read_ranks`` (numbers typed beside names), and the
inverse pair ``format_blt`` and ``parse_blt``.

It knows neither voters nor rolls, opens and closes nothing, and reads no disk, socket or clock: the same contest and
seed give the same bytes on any machine. How few ballots may be published at all is for the caller to decide.
"""

from hub.count.contest import RON, UNIT, Contest, OnlyLot, Uncountable, group
from hub.count.stv import count

__all__ = ["RON", "UNIT", "Contest", "OnlyLot", "Uncountable", "count", "group"]
