"""How much each item is asked for: views counted in memory, added up by the day, folded into a weight by a job."""
