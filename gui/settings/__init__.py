"""Settings as forms: one for all of the home, one for what a waiting file was queued with."""
