"""The quay's programming interface."""
from contextlib import asynccontextmanager

import boto3
from fastapi import Depends, FastAPI
from starlette.middleware.base import BaseHTTPMiddleware

from . import berths, limits

state = boto3.resource("dynamodb").Table("state")


class Counting(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        row = state.get_item(Key={"id": "requests"})["Item"]
        state.put_item(Item={**row, "n": row["n"] + 1})  # expect: lost-update  # reached: request quayside.main.Counting.dispatch
        return await call_next(request)


def create_app():
    app = FastAPI(dependencies=[Depends(limits.count_caller)])
    app.add_middleware(Counting)
    for router in berths.ROUTERS:
        app.include_router(router, prefix="/api", dependencies=[Depends(limits.count_api)])

    @app.on_event("startup")
    async def count_start():
        row = state.get_item(Key={"id": "starts"})["Item"]
        state.put_item(Item={**row, "n": row["n"] + 1})  # expect: lost-update  # reached: script quayside.main.create_app.count_start

    @app.exception_handler(ValueError)
    async def count_bad(request, error):
        row = state.get_item(Key={"id": "bad"})["Item"]
        state.put_item(Item={**row, "n": row["n"] + 1})  # expect: lost-update  # reached: /*

    return app
