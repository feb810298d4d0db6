"""Working a case: results, promises, next contact, holds, drafts, and the place in the queue that follows from them."""
