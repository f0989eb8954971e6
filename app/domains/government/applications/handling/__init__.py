"""Those who handle applications: the work list, and each step they take."""
