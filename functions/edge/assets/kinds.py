"""Extensions by the media type that storage has for an object, never the other way round."""

from typing import Final

EXTENSIONS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "video/mp4": "mp4"}
