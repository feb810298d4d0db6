"""Case files: queues, one case, its timeline, exact search, assignment, freezes."""
