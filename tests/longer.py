"""How far ./folkmoot check --long searches: FOLKMOOT_LONG_TIMES (a number, 1 unless it is set) times its usual hour."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("FOLKMOOT_LONG_TIMES", "1"))
