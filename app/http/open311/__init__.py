"""The Open311 door at `/open311/v2`: GeoReport v2, in XML and in JSON."""
