"""Freezing: one organiser stops a power in their branch or group for some days, at once and with a reason.

Words: freeze, lift, what counts. Two others lift it, whoever made it takes it back, and it ends by itself: by its dates
and with its maker's office, in one query (permits.freezes), by no job. It stops nothing that takes power away, and no
election, recall, petition, ballot or case. Within any four weeks one organiser freezes one power for a week in all.
"""
