"""Houses of culture: museums, theatres, gymnasiums, branches of the library, and their halls."""
