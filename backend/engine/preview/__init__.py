"""Looks at a file of rows as training will, with the same renderer and masks, but without weights and without torch."""
