"""One case of several, several of one."""
