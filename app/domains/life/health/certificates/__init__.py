"""Certificates of vaccination: drawn up from the doses that hospitals have given, renewed when there is a new one."""
