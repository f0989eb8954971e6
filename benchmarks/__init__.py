"""How fast the city is: `python -m benchmarks`. Every figure stands beside a baseline of the same run.

`bed` makes a city to measure, `served` is what runs in the measured processes, `client` drives them, `cases` says
what is asked of them; `aside` holds what is not requests a second, `scale` what grows with the city.
"""
