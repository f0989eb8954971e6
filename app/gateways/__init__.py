"""HTTP clients to the systems outside: SMS, civil registry. Each speaks to the stand-in as to the real one."""
