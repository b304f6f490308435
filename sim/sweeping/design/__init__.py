"""What a sweep asks: its file, what its axes change, and points in the space of what is unknown."""
