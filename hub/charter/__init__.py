"""The root of trust: charters that trustees sign offline, and the rule by which one follows another.

Words: charter, trustee, threshold, fingerprint (SHA-256 of charter 1's text), quorum (of witnesses), share (of a key).
A charter is a signed note whose second half is a witness policy (c2sp.org/tlog-policy). The rule of succession is
The Update Framework's root rule (client workflow 5.3): version N+1 needs a threshold of N's keys and of its own. No
key of a trustee is ever on a hub's machine; whatever a hub signs with, a charter names.
"""
