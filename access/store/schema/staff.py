"""Staff life cycle: invitations, transfers, leaving, gates."""
