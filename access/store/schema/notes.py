"""Notes, contact data proposed and checked, pending contacts."""
