"""The HTTP API: what a home knows of training and evolution, read-only, for programs of this machine."""
