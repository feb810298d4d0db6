"""Why somebody may do and see what they do and see."""
