"""Culture and tourism: houses and what is on in them, tickets, the library, sights."""
