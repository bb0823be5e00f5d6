"""The window: shows facts from the backend and sends it requests."""
