"""What does a visitor see?

``routes`` answer addresses, ``pages`` gather what a template is given, ``templates/`` lay it out.
``filter_links`` are the things one can click to change a search, ``charts`` the bars of the
overview, ``citation`` how others quote a decision.
"""
