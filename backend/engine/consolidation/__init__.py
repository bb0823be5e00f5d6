"""Makes a version of base and adapter: merged, measured against what was trained, loaded once, whole in its place."""
