"""What was deleted: a day in the trash of its own file system, then gone for good."""
