"""One step of a micro-wish: by whom it may be taken, saved once, with what it means for who has how many."""
