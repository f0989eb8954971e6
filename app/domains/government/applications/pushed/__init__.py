"""Steps that a department's own system tells: made true here, once."""
