"""Following a hub from outside: what touches a branch, and the alarm when its record contradicts itself.

Words: look (one visit), alarm (two histories, a rollback, a record that does not hold, a stale or withheld checkpoint),
seen (a checkpoint that another reader passed on), evidence (what was kept to show others), touch.
All that is believed was verified by a pull into the follower's own folder. This room sends nothing and signs nothing.
"""
