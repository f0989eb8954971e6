"""One figure of how well the city answers: four groups, eleven headings, 24 indicators, with weights."""
