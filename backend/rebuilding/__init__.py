"""The database made again from cards and folders, after it was lost (decision 0022)."""
