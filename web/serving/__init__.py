"""How do requests reach the application, and who writes down that they did?

``server`` is gunicorn around the application, ``slow_clients`` keeps clients that take their time
from holding it up, ``accesslog`` writes a line for each request.
"""
