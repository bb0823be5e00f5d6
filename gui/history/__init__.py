"""The past of the model: versions and trainings on a time line, and what can be done with a version."""
