"""Rolls of film in a shared darkroom: FastAPI over DynamoDB, all by dependencies."""
