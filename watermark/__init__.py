"""Who saw it: marks on screens and files. Pure; holds no key of its own and never meets `masking`.

`payload` is what a visible mark says, `screen` where its characters go, `screen_mark` the shades nobody sees,
`screen_trace` how a picture names a session again. Drawing belongs to whoever owns the screen.
"""

from watermark.errors import DensityRefused, PayloadRefused, WatermarkError
from watermark.payload import ScreenPayload, initial
from watermark.screen import Density, Tile, blank_runs, cell_width

__all__ = [
    "Density",
    "DensityRefused",
    "PayloadRefused",
    "ScreenPayload",
    "Tile",
    "WatermarkError",
    "blank_runs",
    "cell_width",
    "initial",
]
