from typing import Annotated

from fastapi import Depends

from brewery.dynamo import DynamoKegs


def get_kegs() -> DynamoKegs:
    return DynamoKegs()


KegsDep = Annotated[DynamoKegs, Depends(get_kegs)]


def find_keg(code: str, kegs: KegsDep):
    return kegs.get(code)


KegDep = Annotated[dict, Depends(find_keg)]
