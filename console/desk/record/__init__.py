"""Who saw what and why, for oneself, one's team, or one customer; read from the log and nowhere else."""
