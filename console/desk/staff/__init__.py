"""People's accounts from being asked for to being archived, and what somebody's going takes away from the desk."""
