"""Staff: who they are, how they prove it, which sessions they have, and what their proven rows make of them."""
