"""Field visits as plans (requirements §5 rule 10): two people, the customer's consent, one a day, agreed to first.

Nobody's address is shown here: whoever goes asks for it as anybody does who must see one, for a visit, and a supervisor
agrees to that apart.
"""
