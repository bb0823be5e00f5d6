"""Backups and trash in the window: which copies there are, whether they are whole, and how they come back."""
