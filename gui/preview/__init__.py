"""A dialog that shows what a file holds as the model will see it, before it is queued or afterwards."""
