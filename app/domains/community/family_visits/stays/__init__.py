"""Who stays there, and whom he lets visit him."""
