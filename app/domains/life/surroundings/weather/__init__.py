"""Severe-weather notices: issued, updated, lifted; and told to those who live there."""
