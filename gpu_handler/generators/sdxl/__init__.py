"""SDXL: text to picture, and pictures that refer to another one, on one set of weights."""
