"""Days of recurring events by python-dateutil, the reference that src/pipeline/calendar/recurrence.ts is held to.

    python3 test/pipeline/calendar/golden/recurrence.py > test/pipeline/calendar/golden/recurrence.json
"""
import json
from datetime import datetime

import dateutil
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, MO, TU, WE, TH, FR, SA, SU, rrule

EPOCH = datetime(1970, 1, 1)
UNITS = {"day": DAILY, "week": WEEKLY, "month": MONTHLY, "year": YEARLY}
WEEKDAYS = [SU, MO, TU, WE, TH, FR, SA]


def day(date):
    return (date - EPOCH).days


def options(unit, start, days):
    """The same choices in the words of RFC 5545. A year repeats in the month of its start."""
    more = {}
    weekdays = [WEEKDAYS[d["weekday"]] for d in days if d["kind"] == "weekday"]
    nth = [WEEKDAYS[d["weekday"]](d["nth"]) for d in days if d["kind"] == "nth-weekday"]
    month = [d["day"] for d in days if d["kind"] == "day-of-month"]
    if weekdays or nth:
        more["byweekday"] = weekdays + nth
    if month:
        more["bymonthday"] = month
    if unit == "year":
        more["bymonth"] = start.month
        if not days:
            more["bymonthday"] = start.day
    return more


def case(unit, start, until, interval=1, days=(), count=None):
    first = datetime.fromisoformat(start)
    last = datetime.fromisoformat(until)
    # RFC 5545 takes weekdays and days of the month together as "both at once"; here each choice adds its own days.
    kinds = sorted({d["kind"] for d in days}) or [None]
    assert count is None or len(kinds) == 1
    found = set()
    for kind in kinds:
        chosen = [d for d in days if d["kind"] == kind]
        more = options(unit, first, chosen)
        found |= set(rrule(UNITS[unit], dtstart=first, interval=interval, count=count, wkst=MO, **more).between(first, last, inc=True))
    return {
        "unit": unit,
        "interval": interval,
        "days": list(days),
        **({"count": count} if count else {}),
        "startDay": day(first),
        "untilDay": day(last),
        "found": [day(each) for each in sorted(found) if each < last],
    }


def weekday(n):
    return {"kind": "weekday", "weekday": n}


def nth(n, k):
    return {"kind": "nth-weekday", "weekday": n, "nth": k}


def of_month(n):
    return {"kind": "day-of-month", "day": n}


cases = [
    case("day", "2026-01-30", "2026-04-02"),
    case("day", "2024-02-27", "2024-03-12", interval=2),
    case("day", "2026-12-30", "2027-03-01", count=5),
    case("week", "2026-12-03", "2027-02-01"),
    case("week", "2026-12-03", "2027-03-01", days=[weekday(2), weekday(4)]),
    case("week", "2026-12-02", "2027-03-01", interval=2, days=[weekday(1), weekday(3), weekday(0)]),
    case("week", "2026-12-06", "2027-03-01", interval=3, days=[weekday(0)], count=3),
    case("month", "2026-01-31", "2027-06-01"),
    case("month", "2026-01-31", "2028-06-01", days=[of_month(-1)]),
    case("month", "2026-01-15", "2027-02-01", interval=2, days=[of_month(15), of_month(30)]),
    case("month", "2026-01-05", "2027-02-01", days=[nth(1, 1)]),
    case("month", "2026-01-30", "2027-02-01", days=[nth(5, -1), of_month(-1)]),
    case("month", "2026-01-22", "2027-02-01", interval=3, days=[nth(4, 4)], count=4),
    case("year", "2024-02-29", "2045-01-01"),
    case("year", "2024-02-29", "2061-01-01", interval=3),
    case("year", "2026-11-26", "2040-01-01", days=[nth(4, 4)]),
    case("year", "2026-12-31", "2040-01-01", interval=2, count=5),
    case("year", "2024-02-29", "2040-01-01", days=[of_month(-1)]),
]
print(json.dumps({"by": f"python-dateutil {dateutil.__version__}", "cases": cases}, indent=1))
