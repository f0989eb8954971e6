"""What officers find on site of cases in their grid: before the work, and after it."""
