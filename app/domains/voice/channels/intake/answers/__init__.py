"""What is answered to senders and callers, by the channel by which they came."""
