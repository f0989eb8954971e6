"""Who is who: citizens, sign-in, sessions, real names, guardians, organisations, staff."""
