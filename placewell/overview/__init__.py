"""Pages that show several rooms: home, the cycle, one child's story, the trace to Cabinet, search.

Stage: all. Statute: none of its own; each figure names the room that it comes from.
"""
