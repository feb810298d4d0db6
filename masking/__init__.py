"""What may be seen: the field catalogue, the masks, the seals and the keys.

Pure: no database, no event loop, no network, and no file beyond the package's own catalogue and the key
directory that ``masking.keys`` is handed. Who may see what is decided in ``access``; what a mark on a screen
says is ``watermark``'s.
"""
