"""The demo model ``sdxl_shapes``: a small SDXL trained on captioned pictures of coloured shapes.

``python -m tools.shapes train`` makes it, ``evaluate`` measures it as its card says.
"""
