"""Snapshots of what the model answers while it trains: panel, losses, answers, their budget, the forgetting guard."""
