from typing import Annotated

from fastapi import Depends

from waiting.desk import Desk
from waiting.dynamo import DynamoQueues, get_queues


def get_desk(queues: Annotated[DynamoQueues, Depends(get_queues)]) -> Desk:
    return Desk(queues)


DeskDep = Annotated[Desk, Depends(get_desk)]
