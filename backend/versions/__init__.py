"""Versions: made by consolidation, never changed, and one of them is what the head may stand on."""
