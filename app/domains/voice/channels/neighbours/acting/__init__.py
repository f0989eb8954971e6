"""What a neighbouring city does with a case, as steps of the case here."""
