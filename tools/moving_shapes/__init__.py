"""The demo model ``wan_shapes``: a small Wan 2.1 and a small VACE, trained on captioned videos of moving shapes.

``python -m tools.moving_shapes train`` makes it, ``evaluate`` measures it as its card says.
"""
