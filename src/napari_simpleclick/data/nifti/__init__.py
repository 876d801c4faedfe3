"""NIfTI: what its files hold, how volumes are read, and how masks are written on the grid of their source."""
