"""The SQLite index of jobs, datasets, models, checkpoints and the head."""
