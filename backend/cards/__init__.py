"""Cards beside the folders: what only the database knew, so that it can be lost (decision 0022)."""
