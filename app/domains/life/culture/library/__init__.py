"""The library: a reader's card, what he has out, and what there is. What somebody reads is nobody's business."""
