"""Independent copies of what was trained: taken, read back from disk, loaded once, restored, and let go by a rule."""
