"""Who gets which time: holding, paying, moving, waiting for one, not coming."""
