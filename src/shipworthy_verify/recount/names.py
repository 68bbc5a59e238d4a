"""Names of products as people see them (spec/bundle.md, 9.1)."""

import unicodedata
from typing import Final

_LOOK_ALIKES: Final = str.maketrans(
    "аеорсухіјѕԁԛԝһӏвмнктαβεζηικμνορτυχıɑɡ",
    "aeopcyxijsdqwhlbmhktabezhikmnoptyxiag",
)
"""Small Cyrillic, Greek and other letters, of which a form looks like a Latin letter, to that."""
_FILLERS: Final = "\u115f\u1160"
"""Letters that are not seen."""


def folded(name: str) -> str:
    """Return the letters and digits of a name; what looks alike is the same."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOK_ALIKES)
    return "".join(sign for sign in plain if sign.isalnum() and sign not in _FILLERS)
