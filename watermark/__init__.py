"""Who saw it: marks on screens and files. Pure; holds no key of its own and never meets `masking`.

`payload` is what a mark says, `screen` where its characters go. Drawing belongs to whoever owns the screen.
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
