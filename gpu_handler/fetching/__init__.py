"""Pictures that users name: fetched without letting them reach what only we can, and opened without trusting them."""

from gpu_handler.fetching.fetcher import PictureFetcher
from gpu_handler.fetching.opening import open_picture
from gpu_handler.fetching.refusal import PictureRefused

__all__ = ["PictureFetcher", "PictureRefused", "open_picture"]
