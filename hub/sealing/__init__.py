"""What is sealed with a key of its own for each person, and is gone once that key is: the keys, and what they seal.

A *subject* is whom something is sealed for, by an opaque name: a person, and as well a case or a file. A *place* is
where it is kept, such as ``letters.params``; whatever was sealed for one place and subject opens for no other. Keys
lie in the *vault*, a store of its own: a copy of the hub's database opens nothing, and of the vault no copy lives for
more than seven days (copies.py). So a key is made before the row that it seals, and ends after that row: what lies in
between is a key without a row, which the worker sweeps, never a row that nobody can read. Source: PR-10.
"""

from hub.sealing.box import Unreadable
from hub.sealing.columns import Sealed
from hub.sealing.opening import open_vault
from hub.sealing.units import (
    attach,
    destroy,
    fetch,
    name,
    new,
    open_sealed,
    owner,
    read,
    read_bytes,
    seal,
    sweep,
    take,
    vault_of,
    write,
)
from hub.sealing.vault import Memory, Vault

__all__ = [
    "Memory", "Sealed", "Unreadable", "Vault", "attach", "destroy", "fetch", "name", "new", "open_sealed", "open_vault",
    "owner", "read", "read_bytes", "seal", "sweep", "take", "vault_of", "write",
]  # fmt: skip
