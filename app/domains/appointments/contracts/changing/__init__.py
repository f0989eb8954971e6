"""What becomes of a contract with a family doctor: answered by the centre, renewed, moved to another team."""
