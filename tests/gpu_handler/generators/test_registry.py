import subprocess
import sys
from pathlib import Path

import pytest

from gpu_handler.generators.registry import generators_for, writer_for
from shared.model_variants import MODEL_SETS


@pytest.mark.parametrize("models", MODEL_SETS)
def test_every_family_of_a_set_has_a_generator_for_its_variant_or_the_writer(models: str) -> None:
    generators = generators_for(models, None)
    writer = writer_for(models, None)

    assert writer is not None
    assert {"chat": writer.variant, **{family: g.variant for family, g in generators.items()}} == {
        family: variant.name for family, variant in MODEL_SETS[models].items()
    }
    assert all(generator.family == family for family, generator in generators.items())


def test_making_generators_loads_nothing() -> None:
    code = (
        "import sys; from pathlib import Path; from gpu_handler.generators.registry import generators_for, writer_for;"
        "generators_for('demo', Path('.')); writer_for('demo', Path('.')); print('torch' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())

    assert done.stdout == "False\n"
