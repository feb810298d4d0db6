"""Is the desk healthy, and does a customer's value stand anywhere in clear? For a desk that is not running.

`checks` looks at files, keys, schema, clock and log; `hunt` opens customers' sealed values, logged before it does, and
looks for every usual spelling of them in everything the desk wrote. What was found is named by place and kind, never
shown.
"""
