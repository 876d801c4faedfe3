"""The sections of the dock, and the rows and tables in them."""
