"""Ways in: volumes, planes, file formats and data sets."""
