"""Role applications and their approvals."""
