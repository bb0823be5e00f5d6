"""Training one segment of one job: order, batches, loss, steps, checkpoints, resume."""
