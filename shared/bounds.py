"""What a request may ask for: checked at submission, and again by the worker, which trusts no queue."""

from typing import Final

PROMPT_CHARACTERS: Final = 1000
SYSTEM_PROMPT_CHARACTERS: Final = 2000
SEED_LIMIT: Final = 2**31
"""Seeds lie below it, that of the last output (seed + i) included."""
STEPS: Final = (1, 50)
GUIDANCE_SCALE: Final = (1.0, 20.0)
FRAMES: Final = (1, 83)
"""Of a video, as asked for; WAN makes 4k + 1."""
STRENGTH: Final = 0.5
"""How much a reference counts where nobody says, of 0 to 1."""
SIDE_MULTIPLE: Final = 16
"""Pixels: widths and heights are multiples of it."""
SIDE_LIMIT: Final = 4096
PIXEL_LIMIT: Final = 1536 * 1024
"""The contract's 1.5 megapixels, as the largest size that is in use."""
REFERENCE_BYTES: Final = 10 * 1024 * 1024
REFERENCE_PIXELS: Final = 40_000_000
