from celery import Celery
from celery.signals import worker_ready

from store import trains

app = Celery("signals")


class Pass(app.Task):
    name = "pass"

    def run(self, train):
        row = trains.get_item(Key={"id": train})["Item"]
        trains.put_item(Item={**row, "passed": row["passed"] + 1})  # expect: lost-update  # reached: task tasks.Pass.run

    def on_failure(self, exc, task_id, args, kwargs, einfo):
        row = trains.get_item(Key={"id": args[0]})["Item"]
        trains.put_item(Item={**row, "failed": row["failed"] + 1})  # expect: lost-update  # reached: task tasks.Pass.on_failure


app.register_task(Pass())


@worker_ready.connect
def count_workers(sender=None, **kwargs):
    row = trains.get_item(Key={"id": "workers"})["Item"]
    trains.put_item(Item={**row, "started": row["started"] + 1})  # expect: lost-update  # reached: signal tasks.count_workers
