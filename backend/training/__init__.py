"""Drives the queue through the engine: what to start, how to begin it, and what each end means. No torch here."""
