"""What decisions hang on: regions beside their placebos, and what networks were shown to tell it."""
