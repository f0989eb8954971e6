"""Where one goes with an appointment: venues, who or what receives there, and for what."""
