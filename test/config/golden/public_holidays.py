"""Public holidays by the Python package holidays (0.108), which the tables of src/config/holidays.ts are held to.

    pip install holidays && python3 test/config/golden/public_holidays.py > test/config/golden/public_holidays.json

Left out are countries in which the two count different days as public: regional feasts of Spain and Switzerland,
substitutes of Canada, the many optional days of India.
"""
import json

import holidays

PLACES = [("DE", "BY"), ("DE", "BE"), ("US", None), ("FR", None), ("GB", "ENG"), ("JP", None), ("AU", "NSW"), ("PL", None), ("SE", None)]
YEARS = [2025, 2026, 2027]


def days(country, region):
    return sorted(str(day) for day in holidays.country_holidays(country, subdiv=region, years=YEARS))


places = [{"country": c, **({"region": r} if r else {}), "days": days(c, r)} for c, r in PLACES]
print(json.dumps({"by": f"holidays {holidays.__version__}", "years": YEARS, "places": places}))
