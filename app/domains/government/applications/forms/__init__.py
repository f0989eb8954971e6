"""Forms: what is asked, what is wrong with an answer, and what the city can fill in."""
