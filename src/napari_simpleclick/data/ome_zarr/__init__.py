"""OME-Zarr images of the versions 0.1 to 0.5, and plain Zarr arrays, read chunk by chunk when they are looked at."""
