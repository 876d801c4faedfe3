"""Saving and restoring work."""
