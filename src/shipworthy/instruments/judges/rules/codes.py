"""Alphabets other than letters: numbers for characters, Morse, base32, look-alike code points.

A model can be asked to answer in any of them, and the person who asked can read the answer.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from typing import Final

_GAP: Final = r"[\s,;:|/_-]{1,3}"
_NUMBERS: Final = re.compile(rf"\b(?:0[bo])?\d{{1,8}}(?:{_GAP}(?:0[bo])?\d{{1,8}}){{5,}}\b")
_NUMBER: Final = re.compile(r"\d{1,8}")
_BITS: Final = re.compile(r"[01]{48,}")
_MORSE_RUN: Final = re.compile(r"(?:[.\-·•–−]{1,6}[\s/|]+){5,}[.\-·•–−]{1,6}")
_BASE32: Final = re.compile(r"[a-z2-7]{16,}={0,6}")
_QUOTED: Final = re.compile(r"(?:=[0-9A-Fa-f]{2}){2}")

_MORSE: Final = {
    sign: letter
    for letter, sign in zip(
        "abcdefghijklmnopqrstuvwxyz0123456789",
        [
            ".-",
            "-...",
            "-.-.",
            "-..",
            ".",
            "..-.",
            "--.",
            "....",
            "..",
            ".---",
            "-.-",
            ".-..",
            "--",
            "-.",
            "---",
            ".--.",
            "--.-",
            ".-.",
            "...",
            "-",
            "..-",
            "...-",
            ".--",
            "-..-",
            "-.--",
            "--..",
            "-----",
            ".----",
            "..---",
            "...--",
            "....-",
            ".....",
            "-....",
            "--...",
            "---..",
            "----.",
        ],
        strict=True,
    )
}
_MORSE_SIGNS: Final = str.maketrans({"·": ".", "•": ".", "–": "-", "−": "-"})

_SMALL_CAPITALS: Final = dict(
    zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True)
)
_LETTER_ROWS: Final = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
"""First code points of the squared, negative circled, negative squared and regional letters."""
_TAGS: Final = 0xE0000
"""Unicode tag characters stand for ASCII at this distance and are not displayed."""

ALTERNATES: Final[dict[int, str]] = {
    **{ord(sign): letter for sign, letter in _SMALL_CAPITALS.items()},
    **{row + n: chr(ord("a") + n) for row in _LETTER_ROWS for n in range(26)},
    **{_TAGS + code: chr(code) for code in range(0x20, 0x7F)},
}
"""Code points that people read as plain letters and that normalisation leaves alone."""


def spelled(text: str) -> Iterator[str]:
    """Yield what runs of numbers, bits, Morse signs or base32 in a lower-case text stand for."""
    for match in _NUMBERS.finditer(text):
        yield from _from_numbers(_NUMBER.findall(re.sub(r"0[bo]", "", match.group())))
    for match in _BITS.finditer(text):
        yield from _from_bits(match.group())
    for match in _MORSE_RUN.finditer(text):
        signs = match.group().translate(_MORSE_SIGNS).replace("/", " ").replace("|", " ").split()
        yield "".join(_MORSE.get(sign, "") for sign in signs)
    for match in _BASE32.finditer(text):
        yield from _from_base32(match.group().rstrip("="))


def quoted_printable(text: str) -> Iterator[str]:
    """Yield the text with `=41` escapes undone, where there are some."""
    if _QUOTED.search(text):
        yield quopri.decodestring(text.encode("utf-8", "surrogatepass")).decode("latin-1")


def _from_numbers(numbers: list[str]) -> Iterator[str]:
    yield _characters(numbers, 10)
    if all(set(number) <= set("01234567") for number in numbers):
        yield _characters(numbers, 8)
    if all(set(number) <= {"0", "1"} for number in numbers):
        yield _characters(numbers, 2)
    if all(1 <= int(number) <= 26 for number in numbers):
        yield "".join(chr(ord("a") - 1 + int(number)) for number in numbers)


def _characters(numbers: list[str], base: int) -> str:
    codes = (int(number, base) for number in numbers)
    return "".join(chr(code) for code in codes if 32 <= code < 127)


def _from_bits(bits: str) -> Iterator[str]:
    for width in (8, 7):
        for start in range(width):
            groups = (bits[at : at + width] for at in range(start, len(bits) - width + 1, width))
            yield _characters(list(groups), 2)


def _from_base32(run: str) -> Iterator[str]:
    for start in range(8):
        usable = run[start:].upper()
        while len(usable) % 8 in {1, 3, 6}:
            usable = usable[:-1]
        try:
            yield base64.b32decode(usable + "=" * (-len(usable) % 8)).decode("latin-1")
        except binascii.Error:
            continue
