"""What ends without its holder: holds that lapse, sessions that are cancelled or moved, money that comes too late."""
