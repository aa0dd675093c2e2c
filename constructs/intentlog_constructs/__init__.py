"""CDK constructs derived from an intentlog contract."""
