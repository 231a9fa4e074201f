"""Meter readings behind an API gateway."""
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

import readings

app = APIGatewayRestResolver()


@app.post("/meters/<meter_id>/readings")
def add_reading(meter_id: str):
    readings.add(meter_id, int(app.current_event.json_body["value"]))
    return {}, 201


def lambda_handler(event, context):
    return app.resolve(event, context)
