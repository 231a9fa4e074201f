"""The waiting room of a clinic: a FastAPI application over DynamoDB."""
