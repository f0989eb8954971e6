"""Family doctors: teams of community health centres, and contracts with them."""
