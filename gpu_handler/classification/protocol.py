"""The seam: one picture in, one number out."""

from typing import Protocol

from PIL import Image


class OutputClassifier(Protocol):
    def nudity(self, picture: Image.Image) -> float:
        """How surely the picture shows nudity or sex, from 0 to 1. Any size and mode; the same for the same pixels."""
