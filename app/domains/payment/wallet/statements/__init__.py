"""What a wallet was moved by: lines, months, and the files of a statement."""
