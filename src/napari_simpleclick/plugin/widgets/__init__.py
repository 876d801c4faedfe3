"""All Qt widgets."""
