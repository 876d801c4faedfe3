"""Session files: written while the work goes on, restored, replayed."""
