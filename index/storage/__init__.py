"""What is a generation on disk?

``store`` opens, publishes and checks generations. A generation is a Whoosh index (``schema``,
``segment``, ``writing``, read through ``terms`` and ``blocks``), ``columns`` that are mapped into
memory (with the values of ``keywords``), and a ``vocabulary`` of the words as written (with its
``spelling_filter``). ``identity`` finds each decision of the last generation again, what
outlives a generation goes on by ``continuity``, and the ``journal`` tells what has happened.
"""
