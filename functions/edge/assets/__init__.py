"""Workspace and library assets: as clients see them, saved, removed."""
