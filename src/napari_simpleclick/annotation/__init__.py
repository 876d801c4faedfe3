"""What a user has done to the objects of a volume: history, sessions, overlap."""
