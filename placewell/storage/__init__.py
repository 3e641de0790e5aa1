"""What rooms share of the database: base models, row security, context, locks."""
