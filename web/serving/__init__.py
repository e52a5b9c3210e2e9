"""How do requests reach the application, and what is logged about them?

``server`` is gunicorn around the application, ``slow_clients`` keeps slow clients from
holding it up, ``accesslog`` writes a line for each request.
"""
