"""One small untrained model, shared by the tests that look at its parts."""

import pytest
import torch

from tools.moving_shapes.autoencoder_start import start_as_box_average
from tools.moving_shapes.parts import Parts, new_parts
from tools.moving_shapes.tokenizer import build_tokenizer


@pytest.fixture(scope="session")
def parts() -> Parts:
    """The transformers and the text encoder are random. A test that trains them makes its own."""
    torch.manual_seed(0)
    made = new_parts(build_tokenizer(0))
    start_as_box_average(made.vae)
    made.vae.eval()
    return made
