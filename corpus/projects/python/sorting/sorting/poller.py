"""Takes letters from a queue until it is stopped."""
import json
import os

import boto3

from sorting import boxes


def main() -> None:
    sqs = boto3.client("sqs")
    url = os.environ["LETTERS_QUEUE"]
    while True:
        answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        for message in answer.get("Messages", []):
            body = json.loads(message["Body"])
            boxes.drop(body["box"], body["letters"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


if __name__ == "__main__":
    main()
