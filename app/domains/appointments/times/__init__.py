"""What can be booked: venues, who and what has time there, when, and what a unit does to a day."""
