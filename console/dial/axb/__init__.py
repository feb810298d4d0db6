"""Privacy numbers (AXB): a customer B who calls a number X is put through to the agent A whom X was bound for.

Only the dialer process can tell whether a caller is B: it keeps a keyed digest, under a key that it makes itself and
tells nobody. Who is put through to whom is decided, logged and committed by the desk (`console.desk.calls`).
"""
