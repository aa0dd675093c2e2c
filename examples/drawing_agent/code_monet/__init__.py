"""code_monet: people and an AI agent draw on one canvas."""
