"""Questions and answers: sessions, turns and what is passed on."""
