"""Everything that changes what the layers show."""
