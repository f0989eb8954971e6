"""Transit: timetables as operators publish them (GTFS), what is heard of vehicles, and what people ask of both."""
