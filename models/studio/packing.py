"""Text of forms as it is kept: compressed, with a cap on what comes back."""

from __future__ import annotations

import zstandard

from models.snapshot import LEVEL, MAX_BYTES


def packed(text: str) -> bytes:
    """The text compressed."""
    return zstandard.compress(text.encode("utf-8", "surrogateescape"), LEVEL)


def unpacked(content: bytes) -> str:
    """What `packed` was given."""
    plain = zstandard.ZstdDecompressor().decompress(content, max_output_size=MAX_BYTES)
    return plain.decode("utf-8", "surrogateescape")
