"""What the user does: click, paint, propagate, edit objects."""
