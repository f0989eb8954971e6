"""Types of appointments, one file a noun."""
