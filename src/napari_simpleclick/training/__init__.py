"""Learning: samples, clicks, losses and the loop."""
