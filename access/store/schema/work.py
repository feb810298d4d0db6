"""What agents do on a case: results, promises, holds, drafts."""
