"""From events to the people who hear of them."""
