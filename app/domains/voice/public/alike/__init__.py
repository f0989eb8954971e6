"""Near duplicates: open cases close by, of a like category and in like words, found without keeping words in clear."""
