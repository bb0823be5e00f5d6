"""The daily snapshots of the head: which there are, and which of them go by the rule."""
