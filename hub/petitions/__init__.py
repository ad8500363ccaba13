"""What members set going themselves: recall of an office-holder, a hold on a change, an amendment of the rules.

Words: petition, signature, threshold, recall, reply, hold, amendment. Signatures are private and stay so; the record
says how many members there were, how many signatures it takes, and when they were there. At that moment the next step
opens by itself: nobody delays it, and nobody the petition is about sees or decides anything in it. The ballots
themselves belong to the ballots room.
"""
