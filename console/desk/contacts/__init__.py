"""Contact data proposed by one person and checked by another."""
