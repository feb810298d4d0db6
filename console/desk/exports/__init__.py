"""Getting a file out: asked for, agreed to, made, released, fetched, and returned or destroyed."""
