"""Groups of volunteers: an organisation's own, or founded by volunteers and let in by an organisation or the desk."""
