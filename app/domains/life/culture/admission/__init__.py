"""Coming in: a ticket is shown as a code that is good for a minute and once, and read at the door."""
