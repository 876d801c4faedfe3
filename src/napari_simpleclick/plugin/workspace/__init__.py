"""The state of an annotation: image, planes, slices, channels, intensities."""
