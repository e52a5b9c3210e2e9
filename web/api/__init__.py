"""What does a program get?

``routes`` answer addresses, ``bodies`` are the answers, ``openapi/`` describes them; ``export`` is
a whole set as a file, ``feeds`` what is new in it, ``dcat`` the catalogue entry of the open data.
"""
