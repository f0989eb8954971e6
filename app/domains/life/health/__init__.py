"""Health: the record that hospitals keep of a person, certificates of vaccination, and follow-ups of family doctors."""
