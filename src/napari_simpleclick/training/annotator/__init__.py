"""The simulated annotator: where it clicks, what it did before, how it draws."""
