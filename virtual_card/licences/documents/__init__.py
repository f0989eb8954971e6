"""A licence as a signed file, which holds where there is no network, and the list of those that hold no more."""
