"""Calls: the desk's side of a dialer that knows numbers when the desk does not.

`starting` decides, reserves the attempt and makes the ticket in one transaction; `exchange` dials once that is
committed and hears what comes of it; `writing` puts that on the books; `ending`, `listing` and `phones` are the other
calls. `switchboard` is what handlers may know of the running dialer, on whatever thread they are.
"""
