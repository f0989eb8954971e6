"""Where more is reported than in usual weeks."""
