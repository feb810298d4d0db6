"""Whose copy a leaked fragment is: the auditor's question, answered from what is kept of exports, decrypting nobody."""
