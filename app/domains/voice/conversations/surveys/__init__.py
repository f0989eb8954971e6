"""Surveys (民意调查): what the city asks, and what people answered, without who."""
