from harbour.dues.books import Book, Held
from harbour.models import Due


class Ships(Book):
    model = Due

    def change(self, row, amount):
        row.owed += amount


class HeldShips(Held, Ships):
    pass
