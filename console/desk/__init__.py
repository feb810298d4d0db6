"""What staff can do, one capability a module; `api` is what crosses to screens and commands, `kernel` the one door."""
