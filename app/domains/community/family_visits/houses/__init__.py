"""Care homes and wards, and when they take visitors."""
