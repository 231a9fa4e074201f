from aiohttp import web

from store import trains


@web.middleware
async def count(request, handler):
    row = trains.get_item(Key={"id": "requests"})["Item"]
    trains.put_item(Item={**row, "n": row["n"] + 1})  # expect: lost-update  # reached: /*
    return await handler(request)


class Train(web.View):
    async def put(self):
        train = self.request.match_info["train"]
        row = trains.get_item(Key={"id": train})["Item"]
        trains.put_item(Item={**row, "calls": row["calls"] + 1})  # expect: lost-update  # reached: PUT /trains/{train}


async def delay(request):
    train = request.match_info["train"]
    row = trains.get_item(Key={"id": train})["Item"]
    trains.put_item(Item={**row, "delay": row["delay"] + 1})  # expect: lost-update  # reached: POST /late/trains/{train}


app = web.Application(middlewares=[count])
app.router.add_view("/trains/{train}", Train)
late = web.Application()
late.add_routes([web.post("/trains/{train}", delay)])
app.add_subapp("/late", late)
