"""What the whole of a map is worth, drawn."""
