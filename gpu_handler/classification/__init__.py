"""What was drawn, looked at before anybody sees it."""

from gpu_handler.classification.check import check_outputs
from gpu_handler.classification.fixed import FixedClassifier
from gpu_handler.classification.open_nsfw import OpenNsfwClassifier
from gpu_handler.classification.protocol import OutputClassifier

__all__ = ["FixedClassifier", "OpenNsfwClassifier", "OutputClassifier", "check_outputs"]
