"""Espalier without its window: queue, store, supervisor, engine and command line."""
