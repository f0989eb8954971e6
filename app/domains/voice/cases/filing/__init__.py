"""Filing a case, by whichever channel."""
