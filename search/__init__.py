"""What matches, and why?

A `SearchRequest` goes in, a `SearchResult` comes out: plain frozen data on both sides, and never a
Whoosh object. In between, in this order: ``syntax`` reads what was typed, ``expand`` says what each
word is taken to mean, ``scoring`` finds and ranks on arrays read by ``postings``, ``facets`` counts
the set, ``snippets`` cuts out what is shown. ``engine`` ties them together.
"""
