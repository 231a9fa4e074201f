"""Messages from the track: fetched in one place, dealt with in another."""
from store import trains


class Track:
    def __init__(self, sqs, url):
        self.sqs = sqs
        self.url = url

    def fetch(self):
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        return answer.get("Messages", [])

    def work(self):
        for message in self.fetch():
            self.arrived(message["Body"])

    def arrived(self, train):
        row = trains.get_item(Key={"id": train})["Item"]
        trains.put_item(Item={**row, "arrived": row["arrived"] + 1})  # expect: lost-update  # reached: consumer worker.Track.work


def departed(channel, method, properties, body):
    row = trains.get_item(Key={"id": body})["Item"]
    trains.put_item(Item={**row, "departed": row["departed"] + 1})  # expect: lost-update  # reached: consumer worker.departed


def listen(channel):
    channel.basic_consume(queue="departures", on_message_callback=departed)
    channel.start_consuming()
