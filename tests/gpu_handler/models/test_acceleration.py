import os
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import WanTransformer3DModel

from gpu_handler.generators.wan.generator import WanGenerator
from gpu_handler.models import acceleration
from gpu_handler.models.acceleration import choose_attention, compile_blocks


@pytest.fixture
def transformer() -> Any:
    return WanTransformer3DModel(
        num_attention_heads=1,
        attention_head_dim=12,
        in_channels=4,
        out_channels=4,
        text_dim=8,
        freq_dim=8,
        ffn_dim=16,
        num_layers=2,
        rope_max_seq_len=16,
    ).eval()


def run(transformer: Any) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    latents, text = torch.randn(1, 4, 1, 4, 4, generator=generator), torch.randn(1, 3, 8, generator=generator)
    with torch.no_grad():
        result: torch.Tensor = transformer(latents, torch.tensor([500]), text, return_dict=False)[0]
    return result


def test_where_no_faster_kernel_is_installed_torch_s_own_computes(transformer: Any) -> None:
    before = run(transformer)

    assert choose_attention(transformer) == "native"
    assert torch.equal(run(transformer), before)


def test_the_first_kernel_that_can_be_used_is_set(transformer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run(transformer)
    # The package of the first is not there; the second computes on a CPU too.
    monkeypatch.setattr(acceleration, "EXACT_ATTENTION", ("flash", "_native_math"))
    try:
        assert choose_attention(transformer) == "_native_math"
        assert transformer.blocks[0].attn1.processor._attention_backend.value == "_native_math"
        assert torch.allclose(run(transformer), before, atol=1e-5)
    finally:
        transformer.reset_attention_backend()


def test_the_blocks_alone_are_compiled_and_kept_beside_the_weights(
    transformer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TORCHINDUCTOR_CACHE_DIR", raising=False)
    compiled: list[Any] = []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda module, **options: compiled.append((module, options)))

    compile_blocks(transformer, tmp_path)

    assert [module for module, _ in compiled] == list(transformer.blocks)
    assert all(options["fullgraph"] for _, options in compiled)
    assert os.environ["TORCHINDUCTOR_CACHE_DIR"] == str(tmp_path / "compiled")


def test_a_cache_that_the_operator_names_is_kept(
    transformer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", "/elsewhere")
    monkeypatch.setattr(torch.nn.Module, "compile", lambda *_, **__: None)

    compile_blocks(transformer, tmp_path)

    assert os.environ["TORCHINDUCTOR_CACHE_DIR"] == "/elsewhere"


def test_what_computes_attention_is_told_with_each_video(wan: WanGenerator) -> None:
    assert wan.versions["attention"] == "native"
