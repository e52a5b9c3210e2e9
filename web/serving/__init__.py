"""How do requests reach the application, and what is logged about them?

``server`` is Granian around the application, ``gateway`` decides which requests it works on and
which are told that there is no room, ``accesslog`` writes a line for each, and ``metrics`` counts
them.
"""
