"""督办: a day is set from above, by which a case is to be done."""
