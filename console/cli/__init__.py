"""The command line: one command group a file; every act goes through the same calls as the screens.

stdout is data, stderr is for people; exit codes are `exits.Exit`. Nothing here opens a database or a key.
"""
