"""SimpleClick's networks: architecture, names, checkpoints."""
