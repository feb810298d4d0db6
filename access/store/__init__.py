"""The one way to the database: schema, engines, units of work, migrations, rows that prove themselves."""
