"""Wan 2.1: text to video, and videos that refer to pictures through VACE."""
