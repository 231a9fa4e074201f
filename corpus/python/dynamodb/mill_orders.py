"""A planing mill: a long order is worked out by rules that know no table before it is booked."""
import boto3

orders = boto3.resource("dynamodb").Table("orders")


def grade(board, depth):
    width = board["width"] * 2 + depth
    length = board["length"] * 3 + width
    knots = [knot for knot in board["knots"] if knot["size"] > width and knot["size"] < length]
    return {"width": width, "length": length, "knots": knots, "sum": width + length + len(knots)}


def planed_once(boards, at):
    first = grade(boards[at], 1)
    second = grade(boards[at + 1], first["sum"])
    third = grade(boards[at + 2], second["sum"] + first["sum"])
    return [first, second, third, {"sum": first["sum"] + second["sum"] + third["sum"]}]


def planed_twice(boards, at):
    return [planed_once(boards, at), planed_once(boards, at + 1), planed_once(boards, at + 2), planed_once(boards, at + 3)]


def planed(boards):
    return [planed_twice(boards, 1), planed_twice(boards, 2), planed_twice(boards, 3), planed_twice(boards, 4), planed_twice(boards, 5)]


def sawn_once(boards, at):
    first = grade(boards[at], 1)
    second = grade(boards[at + 1], first["sum"])
    third = grade(boards[at + 2], second["sum"] + first["sum"])
    return [first, second, third, {"sum": first["sum"] + second["sum"] + third["sum"]}]


def sawn_twice(boards, at):
    return [sawn_once(boards, at), sawn_once(boards, at + 1), sawn_once(boards, at + 2), sawn_once(boards, at + 3)]


def sawn(boards):
    return [sawn_twice(boards, 1), sawn_twice(boards, 2), sawn_twice(boards, 3), sawn_twice(boards, 4), sawn_twice(boards, 5)]


def dried_once(boards, at):
    first = grade(boards[at], 1)
    second = grade(boards[at + 1], first["sum"])
    third = grade(boards[at + 2], second["sum"] + first["sum"])
    return [first, second, third, {"sum": first["sum"] + second["sum"] + third["sum"]}]


def dried_twice(boards, at):
    return [dried_once(boards, at), dried_once(boards, at + 1), dried_once(boards, at + 2), dried_once(boards, at + 3)]


def dried(boards):
    return [dried_twice(boards, 1), dried_twice(boards, 2), dried_twice(boards, 3), dried_twice(boards, 4), dried_twice(boards, 5)]


def put_back(order):
    orders.put_item(Item=order)  # expect: lost-update


# case: id=py-ddb-8111 label=race rule=lost-update tier=3 note=what comes near no store uses up no more than half of what is left for what follows
def book(order_id, boards):
    order = orders.get_item(Key={"id": order_id})["Item"]
    order["planed"] = planed(boards)
    order["sawn"] = sawn(boards)
    order["dried"] = dried(boards)
    grades = [grade(boards[0], 1), grade(boards[1], 2), grade(boards[2], 3), grade(boards[3], 4), grade(boards[4], 5)]
    grades += [grade(boards[5], 6), grade(boards[6], 7), grade(boards[7], 8), grade(boards[8], 9)]
    order["booked"] = order["booked"] + 1
    put_back(order)
    return grades
