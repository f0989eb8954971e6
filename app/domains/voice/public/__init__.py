"""What everybody reads of cases: publishing, supporting and following them, and what is like what."""
