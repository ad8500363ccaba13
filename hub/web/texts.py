"""The language of the pages. Every sentence for people passes through ``_``; a translation is one file."""

from __future__ import annotations

import gettext
from pathlib import Path

DOMAIN = "folkmoot"
LANGUAGE = "en"

translations = gettext.translation(
    DOMAIN, Path(__file__).with_name("locale"), languages=[LANGUAGE], fallback=True
)  # English is the language of the source: without a file the sentences stand as written.
_ = translations.gettext
ngettext = translations.ngettext
