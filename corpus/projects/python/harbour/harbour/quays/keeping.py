"""What is done to a quay once somebody has it."""


def moor(quay, length):
    quay.free -= length
    quay.save(update_fields=["free"])  # expect: lost-update  # reached: POST /quays/<int:pk>/moor/


def store(quay):
    quay.save(update_fields=["free"])
