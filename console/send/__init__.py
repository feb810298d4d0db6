"""Sending of messages: the process that turns a ticket into a number and hands text to the provider.

`process` is that process, `house` holds it for the desk, `sender` is what the desk asks of it; `smpp` and `http` are
two ways to a provider, `receipt` reads what an SMPP provider reports, `smpp_library` is the only door to the library.
"""
