"""Files that people send about something, a case first: cleaned, sealed on the disk, read by whom the case lets.

``clean`` makes of bytes what may be kept, in a process apart; ``keep`` writes the row and the sealed file; ``read``
opens one for whoever may; ``erase`` ends all files about one thing. It does not know what a case is: a room above says
who reads what is about its own (``readers``). The public record's large files are another thing (``ledger``).
"""

from hub.files.cleaning import ENDINGS, Clean, clean
from hub.files.names import attachment
from hub.files.reading import File, Opened, Reader, files_about, may_read, read, read_again, readers
from hub.files.shelf import Shelf
from hub.files.storing import bury, erase, keep, sweep, take_back

__all__ = [
    "ENDINGS", "Clean", "File", "Opened", "Reader", "Shelf", "attachment", "bury", "clean", "erase", "files_about",
    "keep", "may_read", "read", "read_again", "readers", "sweep", "take_back",
]  # fmt: skip
