"""The framework floor: the same answers from FastAPI and asyncpg, written by hand.

It knows by heart what the six requests amount to. It signs in, sets identity, seals and declares
its answers with the app's own functions and models, so that what is compared is what lies between:
SQLAlchemy, the definitions of the kinds, rules, effects and clocks.
"""
