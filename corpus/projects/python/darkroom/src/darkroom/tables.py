import os

import boto3


class Traced:
    """Hands on to the table whatever it is asked for."""

    def __init__(self, name):
        self._table = boto3.resource("dynamodb").Table(name)

    def __getattr__(self, name):
        return getattr(self._table, name)


class Rolls:
    def __init__(self, table):
        self.table = table

    def find(self, number):
        return self.table.get_item(Key={"number": number})["Item"]

    def printed(self, roll):
        self.table.put_item(Item={**roll, "prints": roll["prints"] + 1})  # expect: lost-update

    def cut(self, roll):
        self.table.put_item(Item={**roll, "cuts": roll["cuts"] + 1})  # expect: lost-update

    def put(self, roll):
        self.table.put_item(Item=roll)  # expect: lost-update  # reached: POST /rolls/{number}/again

    def add(self, number, count):
        self.table.update_item(
            Key={"number": number},
            UpdateExpression="ADD prints :n",
            ExpressionAttributeValues={":n": count},
        )


def rolls_table():
    return boto3.resource("dynamodb").Table(os.environ["ROLLS_TABLE"])


def traced_table():
    table = Traced(os.environ["TRACED_TABLE"])
    try:
        yield table
    finally:
        pass


def scan(table, number):
    roll = table.get_item(Key={"number": number})["Item"]
    table.put_item(Item={**roll, "scans": roll["scans"] + 1})  # expect: lost-update
