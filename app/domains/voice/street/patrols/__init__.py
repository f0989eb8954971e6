"""Grid officers (网格员): their routes, rounds on them, what they report from the field and what they look at again."""
