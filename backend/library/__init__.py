"""The base models of a home."""
