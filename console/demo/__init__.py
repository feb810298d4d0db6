"""A desk to try: synthetic people and debtors, a lender's file made from them, and the story that shows the promises.

Nobody in here is real: numbers carry valid check digits and were drawn at random from a seed.
"""
