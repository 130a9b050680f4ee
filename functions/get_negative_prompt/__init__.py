"""``/functions/v1/get-negative-prompt``: what SDXL is told not to draw."""
