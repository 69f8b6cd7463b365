"""Compares the sums of workbooks with those of the JSON file of the same request."""

import json
import sys
import warnings

import openpyxl

TABLES = {
    "Sessions": ("sessions", {"Likes": "likes.room_growth", "Comments": "comments", "Diamonds": "diamonds.total"}),
    "Analytics": ("intervals", {"Likes": "likes", "Comments": "comments", "Diamonds": "diamonds"}),
    "Contributions": ("contributions", {"Gifts": "gifts", "Diamonds": "diamonds", "Rank": "rank"}),
    "Global leaderboard": ("leaderboard", {"Gifts": "gifts", "Diamonds": "diamonds", "Sessions": "sessions"}),
    "Gifts": ("gifts", {"Gifts": "count", "Diamonds": "diamonds"}),
    "Moments": ("windows", {"Change of viewers": "change"}),
    "Correlations": ("drivers", {"Bursts": "bursts", "Followed by a change": "hits"}),
    "Data quality": ("quality", {"Messages counted": "messages.counted"}),
}


def member(row, path):
    for name in path.split("."):
        row = row[name]
    return row or 0


def parts(book, name):
    """A sheet and those that it continues on."""
    return [book[sheet] for sheet in book.sheetnames if sheet == name or sheet.startswith(name + " ")]


def check(told, path):
    book = openpyxl.load_workbook(path, read_only=True)
    faults = 0
    for name, (table, columns) in TABLES.items():
        sums, rows = dict.fromkeys(columns, 0), 0
        for sheet in parts(book, name):
            lines = sheet.iter_rows(values_only=True)
            heads = list(next(lines))
            places = {heading: heads.index(heading) for heading in columns}
            for line in lines:
                rows += 1
                for heading, place in places.items():
                    sums[heading] += line[place] or 0
        expected = {heading: sum(member(row, path) for row in told[table]) for heading, path in columns.items()}
        is_equal = rows == len(told[table]) and all(abs(sums[h] - expected[h]) < 0.5 for h in columns)
        faults += not is_equal
        print("ok    " if is_equal else "DIFFERS", path.rsplit("/", 2)[-2:], name, rows, "rows", sums)
    return faults


def main():
    # What openpyxl complains about is a fault of the file.
    warnings.simplefilter("error")
    with open(sys.argv[1], encoding="utf-8") as file:
        told = json.load(file)
    for path in sys.argv[2:]:
        openpyxl.load_workbook(path)
    sys.exit(1 if sum(check(told, path) for path in sys.argv[2:]) else 0)


main()
