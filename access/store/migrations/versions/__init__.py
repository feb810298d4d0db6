"""The migrations, forward only, one file a step."""
