"""Readers, writers and sample data for napari."""
