"""Who may speak in public, and under which name."""
