"""One history of tables for SQLite and PostgreSQL.

`python -m bot.migrations "Add a table"` writes the next revision: what the models have and the history
has not. Read it before you commit it.
"""
