"""Calls through processes of their own: one that knows the number for a moment, one that carries and records speech.

The *dialer* process opens a one-use ticket and speaks SIP; the *media* process relays RTP between two legs and records
both, encrypted as it arrives. Neither has the desk's keys or its database. What people see of a call, who may call
and what the log says of it are the desk's.
"""
