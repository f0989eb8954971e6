"""What everybody may read of a case: previewed with personal data struck out, confirmed, and taken back."""
