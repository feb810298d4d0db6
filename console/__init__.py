"""The application: the desk, the screens, the commands, and the one place where they are wired together."""
