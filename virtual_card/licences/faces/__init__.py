"""The faces of licences: a card or a certificate by its kind, engraved, sealed in red, with a code to look it up by."""

from virtual_card.licences.faces.drawing import Face, Format, content_key, render
from virtual_card.licences.faces.ground import warm

__all__ = ["Face", "Format", "content_key", "render", "warm"]
