"""Writes scores.json: forecasts of three generated series and their scores by published implementations.

    pip install utilsforecast==0.2.17 gluonts==0.17.0 properscoring==0.1
    python scores.py

Each expected value names the package that computed it; scores.test.ts holds src/evaluate to all of them at 1e-9.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import properscoring
from gluonts.ev import stats as gluonts_stats
from gluonts.evaluation.metrics import calculate_seasonal_error
from utilsforecast import losses

SEASON, HISTORY, HORIZON, ORIGINS = 12, 120, 10, 4
ASKED = [0.1, 0.5, 0.9]
CRPS_LEVELS = [(2 * i + 1) / 40 for i in range(20)]
PIT_LEVELS = [i / 20 for i in range(1, 20)]
LEVELS = sorted({*ASKED, *CRPS_LEVELS, *PIT_LEVELS, 0.005, 0.995})


def generate(rng, level, spread):
    """A wave with noise that touches zero now and then, and forecasts that are biased and a little too narrow."""
    steps = np.arange(HISTORY + ORIGINS + HORIZON)
    wave = level * (1 + 0.6 * np.sin(2 * np.pi * steps / SEASON))
    series = np.maximum(0.0, wave + spread * rng.standard_normal(len(steps)))
    pairs = []
    for origin in range(ORIGINS):
        target = slice(HISTORY + origin, HISTORY + origin + HORIZON)
        centre = np.maximum(0.0, wave[target] + 0.1 * spread + 0.3 * spread * rng.standard_normal(HORIZON))
        members = np.sort(0.8 * spread * rng.standard_normal((len(LEVELS), HORIZON)), axis=0)
        quantiles = np.maximum(0.0, centre + members)
        pairs.append({"truth": series[target], "mean": centre, "quantiles": quantiles})
    return series[:HISTORY], pairs


def row(pairs, level):
    return np.concatenate([pair["quantiles"][LEVELS.index(level)] for pair in pairs])


def expected(history, pairs):
    truth = np.concatenate([pair["truth"] for pair in pairs])
    frame = {"unique_id": "a", "ds": np.arange(len(truth)), "y": truth}
    frame |= {"median": row(pairs, 0.5), "mean": np.concatenate([pair["mean"] for pair in pairs])}
    for share in (50, 90, 99):
        frame[f"m-lo-{share}"] = row(pairs, round((100 - share) / 200, 12))
        frame[f"m-hi-{share}"] = row(pairs, round((100 + share) / 200, 12))
    frame |= {f"m-{level}": row(pairs, level) for level in ASKED}
    df = pd.DataFrame(frame)
    train = pd.DataFrame({"unique_id": "a", "ds": np.arange(HISTORY) - HISTORY, "y": history})

    def utils(function, models, **settings):
        return float(function(df, models=models, **settings).iloc[0, -1])

    seasonal_error = calculate_seasonal_error(history, seasonality=SEASON)
    data = {"label": truth, "seasonal_error": np.full(len(truth), seasonal_error)}
    data |= {str(level): row(pairs, level) for level in LEVELS}
    weighted = [gluonts_stats.quantile_loss(data, level).sum() / np.abs(truth).sum() for level in ASKED]
    ensemble = np.stack([row(pairs, level) for level in CRPS_LEVELS], axis=-1)
    return {
        "mase": utils(losses.mase, ["median"], seasonality=SEASON, train_df=train),
        "smape": 200 * utils(losses.smape, ["median"]),
        "rmsse": utils(losses.rmsse, ["mean"], seasonality=SEASON, train_df=train),
        "bias": utils(losses.bias, ["mean"]) / float(np.abs(truth).mean()),
        "msis": float(gluonts_stats.scaled_interval_score(data, alpha=0.05).mean()),
        "maseByGluonts": float(gluonts_stats.absolute_scaled_error(data, "0.5").mean()),
        "weightedQuantileLoss": float(np.mean(weighted)),
        "meanQuantileLoss": utils(losses.mqloss, {"m": [f"m-{level}" for level in ASKED]}, quantiles=np.array(ASKED)),
        "crps": float(properscoring.crps_ensemble(truth, ensemble).mean()),
        "coverage": [utils(losses.coverage, ["m"], level=share) for share in (50, 90, 99)],
        "below": [float(gluonts_stats.coverage(data, level).mean()) for level in LEVELS],
    }


def plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


rng = np.random.default_rng(20240611)
cases = []
for level, spread in ((100.0, 10.0), (3.0, 2.5), (0.02, 0.004)):
    history, pairs = generate(rng, level, spread)
    cases.append(
        {
            "history": plain(history),
            "pairs": [{key: plain(value) for key, value in pair.items()} for pair in pairs],
            "expected": expected(history, pairs),
        }
    )
document = {"season": SEASON, "asked": ASKED, "levels": LEVELS, "cases": cases}
Path(__file__).with_name("scores.json").write_text(json.dumps(document) + "\n")
