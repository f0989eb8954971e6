"""That the ledger is sound, proven from its rows: nothing made, nothing lost, nothing entered that nobody asked for."""
