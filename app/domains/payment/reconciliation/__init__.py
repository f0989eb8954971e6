"""The city's books compared with the gateway's, day by day, until every difference has been put right.

A day is fetched (`files`), matched (`matching`), its differences worked (`differences`), and closed (here).
"""
