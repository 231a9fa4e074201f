from brewery.table import kegs


class DynamoKegs:
    def get(self, code):
        return kegs.get_item(Key={"code": code})["Item"]

    def put(self, keg):
        kegs.put_item(Item=keg)  # expect: lost-update  # reached: POST /kegs/{code}/pour, function brewery.jobs.pour_all

    def take(self, code, litres):
        kegs.update_item(
            Key={"code": code},
            UpdateExpression="SET litres = litres - :l",
            ConditionExpression="litres >= :l",
            ExpressionAttributeValues={":l": litres},
        )
