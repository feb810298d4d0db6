"""Who may: people, roles, the decision, live grants, the store and the log.

Built on `masking` and `watermark`; knows nothing of screens, commands or sockets.
"""
