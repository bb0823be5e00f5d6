"""Evolution: what the model answers to the same examples at every stage of training, stored, compared and explained."""
