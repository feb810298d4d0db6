"""PDF written page by page: objects as they come, one Chinese face, of which only what was used is embedded."""
