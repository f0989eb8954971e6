"""Filing by Open311: what a form says, and tokens for those who do not wait."""
