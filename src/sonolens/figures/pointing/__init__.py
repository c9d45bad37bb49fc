"""Hit rates of the pointing game."""
