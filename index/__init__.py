"""How do decision documents become an index?

``beslut index SOURCE...`` reads documents into tables (``readers``), tables into decisions
(``extract``), and decisions into an immutable generation on disk (``build``, ``store``). Everything
above opens the current generation through ``store`` and knows its fields through ``schema``.
"""
