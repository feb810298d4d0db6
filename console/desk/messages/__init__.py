"""Messages to customers: their templates, proposed by one and approved by another.

`templates` and `words` judge a template's text, `length` counts what it costs; all three are pure. `editions` changes
templates by maker and checker.
"""
