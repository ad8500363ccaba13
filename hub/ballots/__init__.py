"""Ballots and elections: rolls, candidacies, casting, trackers, counts, and what a count leads to.

Words: ballot, roll, paper (one ballot as cast), box (a ballot's papers), tracker, receipt, close, count, tie, election,
candidacy. The clock calls a ballot when its act comes to it, and counts it at its close: no officer can, or can hide or
stop one. Where only a lot can decide, the count waits for a beacon's round that follows from the close (ties); the
worker brings it, or any member (reading). Nothing stored joins a voter and a choice. Other rooms say what their ballots
ask (questions.question). This room counts nothing itself (hub.count does), draws nobody, and knows of no vote before
the close but how to keep it.
"""
