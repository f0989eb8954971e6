"""Appeals against a score: somebody says why it is wrong, the desk answers, and what follows is counted."""
