"""Which session a picture of a screen comes from: read it, find the signs, compare them with those that were shown.

`picture` and `signs` need no key and run where the picture is; `match` needs the desk's. numpy and Pillow are loaded
here and nowhere else.
"""
