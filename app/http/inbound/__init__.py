"""What messengers, text messages and mail bring: one adapter a channel, each with the signature of that channel."""
