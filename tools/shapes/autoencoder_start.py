# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""Where the VAE's training starts: shrinking a picture to a quarter by box average, and enlarging it again.

From there only the edges are left to learn; from random weights flat colours alone take most of the training.

RGB travels through the network as channel pairs (+x, -x), because silu(x) - silu(-x) = x, and a constant pair
(+c, -c) much larger than they, so that the last normalization divides every picture by nearly the same number.
Residual branches start at zero.
"""

import math
from typing import Any, Final

import torch
from diffusers.models.downsampling import Downsample2D
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.upsampling import Upsample2D

_CONSTANT: Final = 4.0
_TYPICAL_POWER: Final = 1.6
"""Of RGB in -1..1, summed over the three channels."""
_SPARE: Final = 3
"""The latent channel after RGB's, free for what the average misses."""
_CARRIED: Final = 10
_RANDOM: Final = 0.02
"""What is left of the random weights, so that channels differ."""
_FIXED_VARIANCE: Final = -6.0


@torch.no_grad()
def start_as_box_average(vae: Any) -> None:
    for module in vae.modules():
        if isinstance(module, ResnetBlock2D):
            module.conv2.weight.zero_()
            module.conv2.bias.zero_()  # type: ignore[union-attr]
            if module.conv_shortcut is not None:
                _pass_on(module.conv_shortcut)
        elif isinstance(module, Downsample2D):
            _pass_on(module.conv)
            for channel in range(min(_CARRIED, module.conv.in_channels)):
                module.conv.weight[channel, channel] = torch.tensor([[0.25, 0.25, 0], [0.25, 0.25, 0], [0, 0, 0]])
        elif isinstance(module, Upsample2D):
            _pass_on(module.conv)
    for half in (vae.encoder, vae.decoder):
        _spread(half.conv_in)
        _gather(half.conv_out, half.conv_norm_out.num_channels)
    vae.decoder.conv_in.weight[8, _SPARE, 1, 1] = 1
    vae.decoder.conv_in.weight[9, _SPARE, 1, 1] = -1
    latents = vae.config.latent_channels
    vae.encoder.conv_out.weight[_SPARE].mul_(5)
    vae.encoder.conv_out.weight[latents:] = 0
    vae.encoder.conv_out.bias[latents:] = _FIXED_VARIANCE
    for pointwise in (vae.quant_conv, vae.post_quant_conv):
        pointwise.weight.copy_(torch.eye(pointwise.in_channels)[:, :, None, None])
        pointwise.bias.zero_()


def _pass_on(conv: Any) -> None:
    """The carried channels go through unchanged."""
    conv.weight.mul_(_RANDOM)
    conv.bias.zero_()
    middle = conv.kernel_size[0] // 2
    for channel in range(min(_CARRIED, conv.in_channels, conv.out_channels)):
        conv.weight[channel] = 0
        conv.weight[channel, channel, middle, middle] = 1


def _spread(conv: Any) -> None:
    """Three channels to the pairs."""
    conv.weight.mul_(_RANDOM)
    conv.bias.zero_()
    conv.weight[:_CARRIED] = 0
    for channel in range(3):
        conv.weight[channel, channel, 1, 1] = 1
        conv.weight[3 + channel, channel, 1, 1] = -1
    conv.bias[6], conv.bias[7] = _CONSTANT, -_CONSTANT


def _gather(conv: Any, channels: int) -> None:
    """The pairs, normalized before and through silu, back to three channels of the old scale."""
    conv.weight.mul_(_RANDOM)
    conv.bias.zero_()
    scale = math.sqrt((2 * _TYPICAL_POWER + 2 * _CONSTANT**2) / channels)
    for channel in range(3):
        conv.weight[channel] = 0
        conv.weight[channel, channel, 1, 1] = scale
        conv.weight[channel, 3 + channel, 1, 1] = -scale
