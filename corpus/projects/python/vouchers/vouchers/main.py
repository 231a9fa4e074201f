"""Vouchers: a FastAPI application over DynamoDB."""
from fastapi import FastAPI

from vouchers.routers import admin, redeem

app = FastAPI()
app.include_router(redeem.router, prefix="/v1")
app.include_router(admin.router, prefix="/admin")


@app.get("/health")
async def health() -> dict:
    return {"ok": True}
