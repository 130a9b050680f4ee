# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""The VAE's encoder as it stays, and its decoder as its training starts.

A latent is the 4 x 4 box averages of four frames: twelve numbers in -1..1. The first frame, which has a latent of its
own, is there four times. The decoder starts by repeating them, so that only the edges are left to learn.
As in ``tools.shapes.autoencoder_start`` RGB reaches the last normalization as pairs (+x, -x), because
silu(x) - silu(-x) = x, beside a constant pair much larger than they. Residual branches start at zero.
"""

import math
from typing import Any, Final

import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import WanAttentionBlock, WanResample, WanResidualBlock

_ENCODER_CONSTANT: Final = 64.0
"""So large that the encoder's normalization changes nothing."""
_CONSTANT: Final = 4.0
_TYPICAL_POWER: Final = 1.6
"""Of RGB in -1..1, summed over the three channels."""
_RANDOM: Final = 0.02
"""What is left of the decoder's random weights, so that channels differ."""
_FIXED_VARIANCE: Final = -8.0
_BOX: Final = torch.tensor([[0.25, 0.25, 0], [0.25, 0.25, 0], [0, 0, 0]])


@torch.no_grad()
def start_as_box_average(vae: Any) -> None:
    encoder, decoder = vae.encoder, vae.decoder
    for module in encoder.modules():
        if isinstance(module, torch.nn.Conv2d | torch.nn.Conv3d):
            _silence(module)
    for module in vae.modules():
        if isinstance(module, WanResidualBlock):
            _silence(module.conv2)
            if not isinstance(module.conv_shortcut, torch.nn.Identity):
                _carry(module.conv_shortcut, {channel: channel for channel in range(module.conv_shortcut.in_channels)})
        elif isinstance(module, WanAttentionBlock):
            _silence(module.proj)
    # Encoder: 3 channels, then those of two frames, then of four, the latest first.
    _carry(encoder.conv_in, {channel: channel for channel in range(3)})
    shrinking: list[Any] = [module for module in encoder.down_blocks if isinstance(module, WanResample)]
    for number, module in enumerate(shrinking):
        channels = 3 * 2**number
        # Twice the same, for a first frame, which no time convolution follows.
        _carry(module.resample[1], {channel: channel % channels for channel in range(2 * channels)}, _BOX)
        _quiet(module.time_conv)
        for channel in range(2 * channels):
            module.time_conv.weight[channel] = 0
            module.time_conv.weight[channel, channel % channels, 2 if channel < channels else 1] = 1
    # Pairs, in the last block that widens.
    widening: Any = [m for m in encoder.down_blocks if isinstance(m, WanResidualBlock)][-1].conv_shortcut
    _carry(widening, {channel: channel % 12 for channel in range(24)})
    widening.weight[12:24].neg_()
    widening.bias[24], widening.bias[25] = _ENCODER_CONSTANT, -_ENCODER_CONSTANT
    _gather(encoder.conv_out, 12, 4 * _TYPICAL_POWER, _ENCODER_CONSTANT)
    encoder.conv_out.bias[12:] = _FIXED_VARIANCE
    for pointwise in (vae.quant_conv, vae.post_quant_conv):
        pointwise.weight.copy_(torch.eye(pointwise.in_channels)[:, :, None, None, None])
        pointwise.bias.zero_()
    # Decoder: twelve channels, taken apart in time by halves.
    _carry(decoder.conv_in, {channel: channel for channel in range(12)})
    growing: list[Any] = [module for module in decoder.up_blocks.modules() if isinstance(module, WanResample)]
    for number, module in enumerate(growing):
        channels = 6 // 2**number
        width = module.time_conv.in_channels
        _quiet(module.time_conv)
        for channel in range(channels):
            for frame, source in ((0, channels + channel), (1, channel)):
                module.time_conv.weight[frame * width + channel] = 0
                module.time_conv.weight[frame * width + channel, source, 2] = 1
        _carry(module.resample[1], {channel: channel for channel in range(channels)})
    last = growing[-1].resample[1]
    _carry(last, {channel: channel % 3 for channel in range(6)})
    last.weight[3:6].neg_()
    last.weight[6:8] = 0
    last.bias[6], last.bias[7] = _CONSTANT, -_CONSTANT
    _gather(decoder.conv_out, 3, _TYPICAL_POWER, _CONSTANT)


def _quiet(conv: Any) -> None:
    conv.weight.mul_(_RANDOM)
    conv.bias.zero_()


def _silence(conv: Any) -> None:
    conv.weight.zero_()
    conv.bias.zero_()


def _carry(conv: Any, sources: dict[int, int], kernel: torch.Tensor | None = None) -> None:
    """Output channels that are copies of input channels: of the pixel itself and its own frame, or of ``kernel``."""
    _quiet(conv)
    for channel, source in sources.items():
        conv.weight[channel] = 0
        if kernel is not None:
            conv.weight[channel, source] = kernel
        elif conv.weight.ndim == 5:
            time, down, across = conv.kernel_size
            conv.weight[channel, source, time - 1, down // 2, across // 2] = 1
        else:
            conv.weight[channel, source, 1, 1] = 1


def _gather(conv: Any, channels: int, power: float, constant: float) -> None:
    """Pairs, normalized before and through silu, back to channels of the old scale."""
    _quiet(conv)
    scale = math.sqrt((2 * power + 2 * constant**2) / conv.in_channels)
    for channel in range(channels):
        conv.weight[channel] = 0
        conv.weight[channel, channel, 2, 1, 1] = scale
        conv.weight[channel, channels + channel, 2, 1, 1] = -scale
