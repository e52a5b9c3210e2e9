"""What is a generation on disk?

``store`` opens, publishes and checks generations. A generation is a Whoosh index (``schema``,
``segment``, ``writing``, read through ``terms`` and ``blocks``), ``columns`` that are mapped into
memory, and a ``vocabulary`` of the words as written (with its ``spelling_filter``). ``first_seen``
carries from generation to generation when each decision was met.
"""
