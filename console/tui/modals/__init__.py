"""Questions over a screen: each returns an answer, the screen that asked acts on it."""
