"""What was entered on a payee's account, line by line, as he books it himself."""
