# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""Pictures as prompts: IP-Adapter's layers, in the UNet only while a picture is drawn with them.

https://huggingface.co/docs/diffusers/using-diffusers/ip_adapter
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import torch
from PIL import Image

from gpu_handler.models.catalog import ImageAdapter
from gpu_handler.models.weights import LocalWeights

ReferenceType = Literal["style", "composition", "character"]
_Scale = float | dict[str, dict[str, list[float]]]


class AdapterLayers:
    """The adapters of one pipeline. A picture drawn without them has the pixels it would have if there were none."""

    def __init__(self, pipeline: Any, layout: ImageAdapter, weights: LocalWeights) -> None:
        self._pipeline = pipeline
        self._layout = layout
        self._files = list(dict.fromkeys((layout.general, layout.face)))
        plain = _layers(pipeline.unet)
        pipeline.load_ip_adapter(
            str(weights.path),
            subfolder=layout.subfolder,
            weight_name=self._files,
            image_encoder_folder=layout.image_encoder,
            local_files_only=True,
        )
        self._adapted = _layers(pipeline.unet)
        _set_layers(pipeline.unet, plain)

    @property
    def side(self) -> int:
        """Pixels of the square that the image encoder looks at."""
        return int(self._pipeline.image_encoder.config.image_size)

    @contextmanager
    def applied(self, kind: ReferenceType, strength: float, picture: Image.Image) -> Iterator[dict[str, Any]]:
        """While inside, the pipeline draws with the picture; yields the arguments it has to be given."""
        unet = self._pipeline.unet
        plain = _layers(unet)
        _set_layers(unet, self._adapted)
        try:
            self._pipeline.set_ip_adapter_scale(self._scales(kind, strength))
            # Compiled blocks would be compiled anew for each strength.
            with torch.compiler.set_stance("force_eager"):
                yield {"ip_adapter_image": [picture] * len(self._files)}
        finally:
            _set_layers(unet, plain)

    def _scales(self, kind: ReferenceType, strength: float) -> list[_Scale]:
        """One for each file; blocks that are not named, and files that are not meant, have 0."""
        layout = self._layout
        meant, scale = {
            "style": (layout.general, _times(layout.style, strength)),
            "composition": (layout.general, _times(layout.composition, strength)),
            "character": (layout.face, strength),
        }[kind]
        return [scale if file == meant else 0.0 for file in self._files]


def _times(blocks: Mapping[str, Mapping[str, Sequence[float]]], strength: float) -> _Scale:
    return {
        half: {block: [strength * share for share in shares] for block, shares in named.items()}
        for half, named in blocks.items()
    }


_Layers = tuple[dict[str, Any], Any, str | None]


def _layers(unet: Any) -> _Layers:
    # The projection has attention of its own, which stays with it.
    processors = {
        name: value for name, value in unet.attn_processors.items() if not name.startswith("encoder_hid_proj")
    }
    return processors, unet.encoder_hid_proj, unet.config.encoder_hid_dim_type


def _set_layers(unet: Any, layers: _Layers) -> None:
    processors, projection, kind = layers
    unet.encoder_hid_proj = None
    # diffusers empties what it is given.
    unet.set_attn_processor(dict(processors))
    unet.encoder_hid_proj = projection
    unet.register_to_config(encoder_hid_dim_type=kind)
