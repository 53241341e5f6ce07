"""GSM 06.10 full rate, written by hand, because nothing that is installed encodes it: frames whose pulses draw a tone.

The pulses stand every third sample, the filters are flat (LAR 0) and nothing is predicted, so what comes out of a decoder is the
tone with its images far above. Sources: ETSI EN 300 961 (codes and quantisers); Microsoft's WAV49 for two frames in 65 bytes.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Final

RATE_HZ: Final = 8_000
FRAME: Final = 160
_MAGIC: Final = (0xD, 4)
# Codes of reflection coefficients near zero, with their widths in bits.
_FLAT: Final = ((32, 6), (32, 6), (20, 5), (11, 5), (8, 4), (4, 4), (3, 3), (2, 3))
_LOUDNESS: Final = 44
_PULSES: Final = 13
Code = tuple[int, int]


def _frame(first: int, hz: float) -> Iterator[Code]:
    """(value, bits) of one frame that begins at sample `first`."""
    yield from _FLAT
    for part in range(4):
        yield from ((40, 7), (0, 2), (0, 2), (_LOUDNESS, 6))  # lag, its gain, grid, largest pulse
        for pulse in range(_PULSES):
            at = first + 40 * part + 3 * pulse
            level = math.sin(2 * math.pi * hz * at / RATE_HZ)
            yield round((7 * level + 7) / 2), 3


def _bits(codes: Iterator[Code], *, lowest_first: bool) -> str:
    text = ""
    for value, width in codes:
        bits = f"{value:0{width}b}"
        text += bits[::-1] if lowest_first else bits
    return text


def raw(seconds: float, hz: float) -> bytes:
    """A `.gsm` file: 33 bytes a frame, highest bit first, each beginning with the mark 0xD."""
    data = bytearray()
    for first in range(0, int(seconds * RATE_HZ), FRAME):
        bits = f"{_MAGIC[0]:04b}" + _bits(_frame(first, hz), lowest_first=False)
        data += int(bits, 2).to_bytes(33, "big")
    return bytes(data)


def wav49(seconds: float, hz: float) -> bytes:
    """A WAV of format 0x31: two frames in 65 bytes, lowest bit first."""
    data = bytearray()
    for first in range(0, int(seconds * RATE_HZ), 2 * FRAME):
        bits = _bits(_frame(first, hz), lowest_first=True) + _bits(
            _frame(first + FRAME, hz), lowest_first=True
        )
        data += int(bits[::-1], 2).to_bytes(65, "little")
    form = struct.pack("<HHIIHHHH", 0x31, 1, RATE_HZ, 1_625, 65, 0, 2, 320)
    fact = struct.pack("<I", int(seconds * RATE_HZ))
    chunks = [(b"fmt ", form), (b"fact", fact), (b"data", bytes(data))]
    body = b"".join(
        name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for name, part in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body
