"""Run by hand after the yearly count."""
import sys

from lending import service


def main(path: str) -> None:
    with open(path) as lines:
        for line in lines:
            code, counted = line.split(",")
            service.recount(code, int(counted))
            if int(counted) < 0:
                service.lend(code)


if __name__ == "__main__":
    main(sys.argv[1])
