"""Who works which cases: many at once, by hand or by versioned rules; capacity; interests."""
