"""One small training, shared by the tests that look at its parts."""

import pytest

from tools.shapes.parts import Parts, new_parts
from tools.shapes.tokenizer import build_tokenizer


@pytest.fixture(scope="session")
def parts() -> Parts:
    """Untrained. A test that trains them makes its own."""
    return new_parts(build_tokenizer(0))
