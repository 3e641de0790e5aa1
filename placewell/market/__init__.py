"""The market: providers, what the regulator registers and finds, homes, their places, and who holds each night.

Stage: all. Statute: Care Standards Act 2000 (registration and inspection); SI 2023/416 for supported
accommodation; Children Act 1989 s.22G (sufficiency).
"""
