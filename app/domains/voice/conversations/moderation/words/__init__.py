"""What words may hold before others read them."""
