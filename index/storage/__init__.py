"""What is a generation on disk?

``store`` opens, publishes and checks generations. A generation is a Whoosh index (``schema``,
``segment``, ``writing``, read through ``terms`` and ``blocks``), ``columns`` that are mapped into
memory (with the values of ``keywords``), and a ``vocabulary`` of the words as written (with its
``spelling_filter``). ``first_seen`` carries over from each generation to the next when each
decision was first seen.
"""
