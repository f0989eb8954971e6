"""What a unit asks of the centre: more time, a pause, to give the case back."""
