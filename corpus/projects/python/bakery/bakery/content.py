"""A server of its own."""
import os

import boto3
from aiohttp import web

loaves = boto3.resource("dynamodb").Table(os.environ["LOAVES_TABLE"])


class Counter:
    async def sell(self, request):
        name = request.match_info["name"]
        row = loaves.get_item(Key={"name": name})["Item"]
        loaves.update_item(  # expect: lost-update  # reached: POST /counter/{name}
            Key={"name": name},
            UpdateExpression="SET sold = :n",
            ExpressionAttributeValues={":n": row["sold"] + 1},
        )
        return web.Response()


app = web.Application()
app.add_routes([web.post("/counter/{name}", Counter().sell)])
