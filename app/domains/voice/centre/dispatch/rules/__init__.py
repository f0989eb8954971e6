"""The table of who is responsible for what and where, and who steps in when nobody is."""
