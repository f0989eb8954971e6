"""Hours: counted by the rule, confirmed by the organiser, published, corrected with a reason; and thanked for."""
