"""The inbox folder: files that appear there become jobs, and are then put away, never deleted."""
