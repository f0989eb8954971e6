"""What time does to applications: they become due and overdue, and drafts are dropped."""
