"""What tests share: fakes of the systems outside, a clock that can be moved, and a caller of the API."""
