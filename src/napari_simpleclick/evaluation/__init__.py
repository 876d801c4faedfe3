"""Measuring: robot user, metrics, protocol, report."""
