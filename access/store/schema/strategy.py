"""Assignment strategies, bulk moves, conflicts of interest."""
