"""Bulletins: who claims one for this run sends it, by queue, topic or mail."""
from __future__ import annotations

import json
import logging
import os
import smtplib
from email.message import EmailMessage
from typing import Iterable

import boto3
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)

session = boto3.Session()
bulletins = session.resource("dynamodb").Table("bulletins")
queue = boto3.client("sqs")
topics = session.resource("sns")


def _claim(bulletin_id: str, since: str, to: str) -> None:
    bulletins.update_item(  # expect: swallowed-conflict
        Key={"bulletin_id": bulletin_id},
        UpdateExpression="SET phase = :to",
        ConditionExpression="phase = :since",
        ExpressionAttributeValues={":to": to, ":since": since},
    )


def _post(bulletin_id: str) -> None:
    queue.send_message(QueueUrl=os.environ["OUTBOX_URL"], MessageBody=json.dumps({"bulletin": bulletin_id}))


# case: id=py-ddb-1880 label=race rule=swallowed-conflict tier=2 note=the loser of the claim writes a line into the log and posts the bulletin as well
def post_all(due: Iterable[str]) -> None:
    for bulletin_id in due:
        try:
            bulletins.update_item(  # expect: swallowed-conflict
                Key={"bulletin_id": bulletin_id},
                UpdateExpression="SET phase = :posting",
                ConditionExpression="phase = :ready",
                ExpressionAttributeValues={":posting": "posting", ":ready": "ready"},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            logger.warning("bulletin %s was not ready", bulletin_id)
        _post(bulletin_id)


# case: id=py-ddb-1881 label=safe tier=2 note=the loser goes on to the next bulletin
def post_each(due: Iterable[str]) -> None:
    for bulletin_id in due:
        try:
            bulletins.update_item(
                Key={"bulletin_id": bulletin_id},
                UpdateExpression="SET phase = :posting",
                ConditionExpression="phase = :ready",
                ExpressionAttributeValues={":posting": "posting", ":ready": "ready"},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            logger.warning("bulletin %s was not ready", bulletin_id)
            continue
        _post(bulletin_id)


# case: id=py-ddb-1882 label=safe tier=2 note=who comes second finds it closed already, and nothing but a line in the log follows
def close_all(ended: Iterable[str]) -> None:
    for bulletin_id in ended:
        try:
            bulletins.update_item(
                Key={"bulletin_id": bulletin_id},
                UpdateExpression="SET phase = :closed",
                ConditionExpression="phase = :posted",
                ExpressionAttributeValues={":closed": "closed", ":posted": "posted"},
            )
        except bulletins.meta.client.exceptions.ConditionalCheckFailedException:
            logger.info("bulletin %s was closed before", bulletin_id)
        logger.info("bulletin %s is closed", bulletin_id)


# case: id=py-ddb-1883 label=race rule=swallowed-conflict tier=2 note=the conflict is passed over, and every run announces it (caller _claim)
def announce(bulletin_id: str, text: str) -> None:
    try:
        _claim(bulletin_id, "posted", "announced")
    except bulletins.meta.client.exceptions.ConditionalCheckFailedException:
        pass
    topics.Topic(os.environ["NEWS_TOPIC"]).publish(Message=text)


# case: id=py-ddb-1884 label=race rule=swallowed-conflict tier=2 note=the loser mails the editors as well
def mail_editors(bulletin_id: str, mail: EmailMessage) -> None:
    try:
        bulletins.update_item(  # expect: swallowed-conflict
            Key={"bulletin_id": bulletin_id},
            UpdateExpression="SET phase = :proof",
            ConditionExpression="phase = :draft",
            ExpressionAttributeValues={":proof": "proof", ":draft": "draft"},
        )
    except bulletins.meta.client.exceptions.ConditionalCheckFailedException:
        logger.info("bulletin %s is in proof", bulletin_id)
    with smtplib.SMTP("mail.internal") as server:
        server.send_message(mail)


# case: id=py-ddb-1885 label=safe tier=2 note=the mail goes out from the run that has won
def mail_authors(bulletin_id: str, mail: EmailMessage) -> None:
    try:
        bulletins.update_item(
            Key={"bulletin_id": bulletin_id},
            UpdateExpression="SET phase = :proof",
            ConditionExpression="phase = :draft",
            ExpressionAttributeValues={":proof": "proof", ":draft": "draft"},
        )
    except bulletins.meta.client.exceptions.ConditionalCheckFailedException:
        return
    with smtplib.SMTP("mail.internal") as server:
        server.send_message(mail)
