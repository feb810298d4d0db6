"""Each figure beside its floor and its peers, measured in one run by interleaved rounds; medians.

A floor does the least that could be called the same work, without the desk; a peer does it another usual way.
"""
