"""What staff see: a Textual application that holds one person's line to the desk and nothing else.

No key, no database, no file of the desk is ever opened from here; everything comes through `console.desk.api.Desk`.
Start with `console.tui.start`.
"""
