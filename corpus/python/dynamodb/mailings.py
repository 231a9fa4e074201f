"""Mailings: batches of conditional updates, pages that count their own visits, and events that are handled once."""
from __future__ import annotations

from typing import Any, Iterable

import boto3
from botocore.exceptions import ClientError

mailings = boto3.resource("dynamodb").Table("mailings")
events = boto3.resource("dynamodb").Table("mail-events")


def _lost(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


# case: id=py-ddb-1400 label=safe tier=2 note=who loses one goes on to the next, only what was won is counted
def stop_all(ids: Iterable[str]) -> int:
    stopped = 0
    for mailing_id in ids:
        try:
            mailings.update_item(
                Key={"mailing_id": mailing_id},
                UpdateExpression="SET phase = :stopped",
                ConditionExpression="phase = :running",
                ExpressionAttributeValues={":stopped": "stopped", ":running": "running"},
            )
        except ClientError as error:
            if not _lost(error):
                raise
            continue
        stopped += 1
    return stopped


# case: id=py-ddb-1401 label=safe tier=2 note=the same, what was won is gathered
def start_all(ids: Iterable[str]) -> list[str]:
    started: list[str] = []
    for mailing_id in ids:
        try:
            mailings.update_item(
                Key={"mailing_id": mailing_id},
                UpdateExpression="SET phase = :running",
                ConditionExpression="phase = :draft",
                ExpressionAttributeValues={":running": "running", ":draft": "draft"},
            )
        except mailings.meta.client.exceptions.ConditionalCheckFailedException:
            continue
        started.append(mailing_id)
    return started


# case: id=py-ddb-1402 label=race rule=swallowed-conflict tier=2 note=the conflict is passed over within the turn, and the loser is counted as well
def send_all(ids: Iterable[str]) -> int:
    sent = 0
    for mailing_id in ids:
        try:
            mailings.update_item(  # expect: swallowed-conflict
                Key={"mailing_id": mailing_id},
                UpdateExpression="SET phase = :sent",
                ConditionExpression="phase = :running",
                ExpressionAttributeValues={":sent": "sent", ":running": "running"},
            )
        except mailings.meta.client.exceptions.ConditionalCheckFailedException:
            pass
        events.update_item(
            Key={"event_id": "total"},
            UpdateExpression="ADD sent :one",
            ExpressionAttributeValues={":one": 1},
        )
        sent += 1
    return sent


# case: id=py-ddb-1403 label=safe tier=2 note=made if it is missing, then the very same item counts up
def count_opening(mailing_id: str) -> None:
    try:
        mailings.put_item(
            Item={"mailing_id": mailing_id, "phase": "draft"},
            ConditionExpression="attribute_not_exists(mailing_id)",
        )
    except mailings.meta.client.exceptions.ConditionalCheckFailedException:
        pass
    mailings.update_item(
        Key={"mailing_id": mailing_id},
        UpdateExpression="ADD openings :one",
        ExpressionAttributeValues={":one": 1},
    )


# case: id=py-ddb-1404 label=race rule=swallowed-conflict tier=2 note=the event was there already, and is counted again elsewhere
def count_event(event: dict[str, Any]) -> None:
    try:
        events.put_item(  # expect: swallowed-conflict
            Item={"event_id": event["id"]},
            ConditionExpression="attribute_not_exists(event_id)",
        )
    except events.meta.client.exceptions.ConditionalCheckFailedException:
        pass
    mailings.update_item(
        Key={"mailing_id": event["mailing"]},
        UpdateExpression="ADD openings :one",
        ExpressionAttributeValues={":one": 1},
    )


def first_time(event_id: str) -> bool:
    try:
        events.put_item(
            Item={"event_id": event_id},
            ConditionExpression="attribute_not_exists(event_id)",
        )
    except events.meta.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


# case: id=py-ddb-1405 label=race rule=swallowed-conflict tier=3 note=told whether it is the first time, and not listening
def count_click(event: dict[str, Any]) -> None:
    first_time(event["id"])  # expect: swallowed-conflict
    mailings.update_item(
        Key={"mailing_id": event["mailing"]},
        UpdateExpression="ADD clicks :one",
        ExpressionAttributeValues={":one": 1},
    )


# case: id=py-ddb-1406 label=safe tier=3 note=listens
def count_click_once(event: dict[str, Any]) -> None:
    if not first_time(event["id"]):
        return
    mailings.update_item(
        Key={"mailing_id": event["mailing"]},
        UpdateExpression="ADD clicks :one",
        ExpressionAttributeValues={":one": 1},
    )


def note_phase(mailing_id: str, phase: str) -> None:
    try:
        mailings.update_item(
            Key={"mailing_id": mailing_id},
            UpdateExpression="SET seen_phase = :phase",
            ConditionExpression="attribute_exists(mailing_id)",
            ExpressionAttributeValues={":phase": phase},
        )
    except ClientError as error:
        if _lost(error):
            return
        raise


# case: id=py-ddb-1407 label=safe tier=3 note=what is missing was to be passed over: the function tells nothing
def note_and_log(mailing_id: str, phase: str) -> None:
    note_phase(mailing_id, phase)
    events.update_item(
        Key={"event_id": "total"},
        UpdateExpression="ADD phases :one",
        ExpressionAttributeValues={":one": 1},
    )
