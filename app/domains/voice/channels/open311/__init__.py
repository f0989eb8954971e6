"""Open311 GeoReport v2: how programs of others read public cases and file new ones."""
