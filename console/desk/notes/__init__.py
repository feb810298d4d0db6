"""Notes: written, kept sealed, shown masked."""
