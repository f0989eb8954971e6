"""Where what is owed to a payee is paid out to: his bank account, entered by one and approved by another."""
