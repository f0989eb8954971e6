"""What may be the same place twice: the desk decides."""
