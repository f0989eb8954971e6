"""A certificate of hours: on paper, with a code that leads to where anybody sees whether it is true."""
