"""Air, water and weather around one: stations, their readings, alerts by place, severe-weather notices."""
