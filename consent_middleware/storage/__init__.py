"""Where records are kept: one database, by URL."""
