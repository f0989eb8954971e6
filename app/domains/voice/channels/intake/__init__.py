"""What channels bring: ten ways in, one list, and the answers that go back by the same way."""
