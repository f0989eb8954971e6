"""The centre (12345): its seats, and how it finds whose matter a case is."""
