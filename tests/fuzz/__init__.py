"""Mutated files of every kind, against every reader."""
