"""Starts the engine process, watches it, and brings it down in order."""
