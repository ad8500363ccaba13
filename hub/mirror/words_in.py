"""The openings' way into a mirror: only those that match their entry's digest, and never one that was withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hub.ledger import entries, files
from hub.ledger.beginnings import Unverified
from hub.ledger.files import put
from hub.ledger.openings import digest_of, format_file, parse_file, parse_opening
from hub.ledger.reading import SEALED
from hub.ledger.tombstones import LIST, Place, format_list, merged, parse_list
from hub.mirror.sources import Source, fetch_many

OPENINGS = 1 << 20  # bytes of one entry's openings
WITHDRAWN = 1 << 26  # bytes of the list of withdrawn words


class WordsIn:
    """One pull's openings. opened, erased, missing: how many came, went, and are neither served nor listed."""

    def __init__(self, source: Source, folder: Path, found: list[bytes]) -> None:
        self.source, self.folder = source, folder
        self.opened = self.erased = self.missing = 0
        self.gone = self._withdrawn()
        wanted = self._forget(found)
        for index, raw in fetch_many(list(wanted), lambda index: source.get(f"openings/{index}.json", OPENINGS)):
            self._take(wanted[index], raw)

    def _withdrawn(self) -> set[Place]:
        """Returns what was withdrawn, by the source's list or this mirror's own: words do not come back."""
        lists = (files.read(self.folder / LIST), self.source.get(LIST, WITHDRAWN))
        try:
            gone = merged(*(parse_list(raw) for raw in lists if raw))
        except ValueError as problem:
            raise Unverified(f"{LIST}: {problem}.") from problem
        if gone:
            put({self.folder / LIST: format_list(gone.values())})
        return set(gone)

    def _forget(self, found: list[bytes]) -> dict[int, entries.Entry]:
        """Removes withdrawn words that lie here; returns the entries some of whose words are still to be had."""
        wanted = {}
        for index, raw in enumerate(found):
            if SEALED not in raw:
                continue
            entry = entries.parse_entry(raw, index)
            here = self._kept(entry)
            left = {digest: text for digest, text in here.items() if (index, digest) not in self.gone}
            if left != here:
                self.erased += len(here) - len(left)
                self._keep(index, left.values())
            if any(digest not in left and (index, digest) not in self.gone for digest in entry.sd):
                wanted[index] = entry
        return wanted

    def _take(self, entry: entries.Entry, raw: bytes | None) -> None:
        """Keeps what was served for an entry and matches it."""
        here = self._kept(entry)
        served = matching_texts(entry, raw) if raw else {}
        new = {d: text for d, text in served.items() if d not in here and (entry.index, d) not in self.gone}
        if new:
            self.opened += len(new)
            self._keep(entry.index, (here | new).values())
        self.missing += sum(d not in here | new and (entry.index, d) not in self.gone for d in entry.sd)

    def _kept(self, entry: entries.Entry) -> dict[str, str]:
        raw = files.read(self._path(entry.index))
        return matching_texts(entry, raw) if raw else {}

    def _keep(self, index: int, disclosures: Iterable[str]) -> None:
        texts = list(disclosures)
        if texts:
            put({self._path(index): format_file(index, texts)}, files.HASTY)
        else:
            files.DISK.remove(self._path(index))

    def _path(self, index: int) -> Path:
        return self.folder / f"openings/{index}.json"


def matching_texts(entry: entries.Entry, raw: bytes) -> dict[str, str]:
    """Returns digest to disclosure of those in a file that are the entry's own; broken ones are as good as none."""
    try:
        texts = parse_file(raw, entry.index)
    except ValueError:
        return {}
    found = {}
    for text in texts:
        digest = digest_of(text)
        if digest in entry.sd:
            try:
                parse_opening(text)
            except ValueError:
                continue
            found[digest] = text
    return found
