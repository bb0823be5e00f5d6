"""The child process that trains: the only code that imports torch, transformers and peft."""

import os

# Set before any of those libraries is imported, for they read them once. Only a requested download lifts the first.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["TQDM_DISABLE"] = "1"  # libraries draw progress bars on a stream that nobody watches
# Threads that wait for each other by spinning come to a standstill beside any other busy program (decision 0009).
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
