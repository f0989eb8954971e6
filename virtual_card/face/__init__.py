"""The face of a card as a picture. `render` is pure; `FaceStudio` keeps it off the event loop and remembers."""

from virtual_card.face.drawing import Face, Format, content_key, render
from virtual_card.face.studio import FaceStudio, warm

__all__ = ["Face", "FaceStudio", "Format", "content_key", "render", "warm"]
