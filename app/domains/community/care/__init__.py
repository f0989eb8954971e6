"""The care list: people who are old or alone, and who is told when one of them says nothing."""
