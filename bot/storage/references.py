"""References such as C-7F3K2: made to be read aloud, typed with a thumb and copied by hand into a chart."""

from __future__ import annotations

import re
import secrets
import unicodedata

from .errors import BadReference

LENGTH = 5
# No I, L, O (taken for 1 and 0), and no vowels, so that chance spells no word in a chart: 24.3 million.
ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("OIL", "011")
_GIVEN = re.compile(r"(?:C[\s_.:#\u2010-\u2015\u2212-]*)?([0-9A-Z]{5})")  # any dash that a phone may put in


def make_reference() -> str:
    """A random reference. Whether it is unused is for the log to say."""
    return "C-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def parse_reference(given: str) -> str:
    """The reference that a person meant: "c-7f3k2", " C7F3K2 ", "7F3K2" and "C-7F3KZ" with O for 0 or I, L
    for 1.

    Raises BadReference when it can't be one; that a consult exists is not looked at.
    """
    match = _GIVEN.fullmatch(unicodedata.normalize("NFKC", given).strip().upper())
    if match is None:
        raise BadReference(given.strip())
    return "C-" + match.group(1).translate(_MEANT)


def slips(given: str) -> list[str]:
    """The forms that a reference with one slip (a wrong, missing, doubled or swapped character) may have had.

    `_` stands for any one character. Empty when `given` has not four to six letters or digits after its C.
    """
    code = re.sub(r"^C\W+", "", unicodedata.normalize("NFKC", given).strip().upper())
    code = re.sub(r"[^0-9A-Z]", "", code)
    if len(code) > LENGTH and code.startswith("C"):
        code = code[1:]
    code = code.translate(_MEANT)
    if len(code) == LENGTH - 1:
        forms = [f"{code[:at]}_{code[at:]}" for at in range(LENGTH)]
    elif len(code) == LENGTH:
        forms = [f"{code[:at]}_{code[at + 1 :]}" for at in range(LENGTH)]
        forms += [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(LENGTH - 1)]
    elif len(code) == LENGTH + 1:
        forms = [code[:at] + code[at + 1 :] for at in range(LENGTH + 1)]
    else:
        forms = []
    return ["C-" + form for form in dict.fromkeys(forms)]
