"""Prediction: from clicks on a plane to a mask."""
