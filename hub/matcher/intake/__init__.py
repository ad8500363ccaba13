"""Taking in the organisation's list: read, tidy, compare, stop or apply. A dry run unless told otherwise.

Runs as the matcher's user beside its store, never through the web. Names, reasons and addresses in a file are not read
beyond what the handshake needs; nothing of it is kept in clear.
"""
