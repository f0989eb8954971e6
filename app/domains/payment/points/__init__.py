"""Points (爱心积分): earned by helping, spent at partners, given away, and good until the end of the next year."""
