"""Scores methods of other packages on the cases of `npm run skill`: same targets, same loss, same levels.

    pip install numpy==2.4.6 scipy==1.17.1 lightgbm==4.7.0 statsmodels==0.15.0
    python outside.py FILE.csv [--only a,b] [--methods hindsight,gbm,holt-winters]

hindsight     gradient boosting per level on 126 to 142 lags, means, slots and neighbours, by cross-validation over the days of
              what is known at the end: it has seen the days before and behind the one that it forecasts, which no method has
              that has to forecast. No bound: its settings are not tuned.
gbm           the same, trained each night on the 28 days before it: of what comes it sees nothing but in a floor of its unit,
              a twentieth of the mean load.
holt-winters  ETS(A,Ad,A) of statsmodels on the load as it is, a day as its season, fitted each night by least squares on the 14
              days before it, with the Gaussian intervals of its equations.

One JSON line a case, horizon and method: loss as in tally.ts, and the share inside the central 90 %.
"""

import argparse
import csv
import gzip
import json
import warnings
from collections import deque
from functools import cache
from pathlib import Path

import lightgbm
import numpy as np
from scipy.stats import norm
from statsmodels.tsa.holtwinters import ExponentialSmoothing

# Those of courses.ts.
LEVELS = np.array([0.005, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999])
TRAINED = np.array([0.005, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.995, 0.999])
AHEAD_S = {"15m": 900, "1h": 3600}
DAY_S = 86_400
FOLDS = 4
UNITS = {"s": 1, "m": 60, "h": 3600, "d": DAY_S}


def seconds(text):
    return int(text[:-1]) * UNITS[text[-1]]


def read(path):
    """Step-aligned columns of a trace, NaN where nothing is known, and the time of the first row."""
    with gzip.open(path, "rt") as file:
        head, *rows = csv.reader(file)
    times = np.array([float(row[0]) for row in rows])
    step = int(np.median(np.diff(times)))
    places = np.round((times - times[0]) / step).astype(int)
    columns = {}
    for j, name in enumerate(head[1:], 1):
        values = np.full(places[-1] + 1, np.nan)
        values[places] = [float(row[j]) if row[j] not in ("", "nan", "NaN") else np.nan for row in rows]
        columns[name] = values
    return columns, times[0], step


class Load:
    """The column of a case up to `score_until`; targets from the end of the warm-up on are scored."""

    def __init__(self, case, folder):
        columns, self.start, self.step = read(folder / case["trace"])
        until = case["score_until"]
        length = len(columns[case["column"]])
        self.to = int(round((float(until) - self.start) / self.step)) if until else length
        self.first = int(round(seconds(case["warm_up"]) / self.step))
        self.y = columns[case["column"]][: self.to]
        self.known = carried(self.y)
        self.day = DAY_S // self.step
        others = {name: carried(values[: self.to]) for name, values in columns.items() if name != case["column"]}
        self.others = [values for values in others.values() if np.nanstd(values) > 0]


def carried(values):
    """The last value stands in for missing ones."""
    last = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(len(values))))
    return values[last]


def lagged(values, places):
    return np.where(places >= 0, values[np.clip(places, 0, len(values) - 1)], np.nan)


def means(values):
    """mean(places, width) of the `width` values up to and with each place."""
    sums = np.concatenate([[0], np.cumsum(np.nan_to_num(values))])
    return lambda places, width: (sums[np.maximum(places + 1, 0)] - sums[np.maximum(places + 1 - width, 0)]) / width


def features(load, targets, ahead):
    """What is known `ahead` steps before each target, as it is and against the mean of the last half hour, its unit."""
    newest, day, hour = targets - ahead, load.day, 3600 // load.step
    mean = means(load.known)
    own = [lagged(load.known, newest - lag) for lag in (*range(12), 15, 18, 24, 36, 48)]
    own += [mean(newest, width) for width in (3, 6, 12, 24, 60, 144, hour, 3 * hour, 6 * hour, day, 3 * day)]
    for days in (1, 2, 3, 7, 14):
        if days * day >= load.to:
            continue
        own.append(lagged(load.known, targets - days * day))
        for width in (max(1, hour // 2), hour):
            there = targets - days * day - width >= 0
            own.append(np.where(there, mean(targets - days * day + width // 2, width), np.nan))
        own.append(lagged(load.known, newest - days * day))
        own.append(np.where(newest - days * day >= 0, mean(newest - days * day, hour), np.nan))
    for places in (targets, newest):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            own.append(np.nanmean([lagged(load.known, places - days * day) for days in range(1, 8)], axis=0))
    for width in (hour, 3 * hour):
        padded = np.concatenate([np.full(width - 1, load.known[0]), load.known])
        windows = np.lib.stride_tricks.sliding_window_view(padded, width)
        own += [pick(windows, axis=1)[newest] for pick in (np.std, np.max, np.min)]
    level = mean(newest, max(3, hour // 2))
    unit = np.maximum(np.abs(level), 0.05 * np.nanmean(np.abs(load.y)))
    at = load.start + targets * load.step
    calendar = [at % DAY_S / DAY_S, at // DAY_S % 7, at % 3600, at % 1800]
    beside = [lagged(values, newest - lag) for values in load.others for lag in (0, 1, 2, 6)]
    relative = [(one - level) / unit for one in own]
    return np.stack(own + calendar + beside + relative, 1).astype(np.float32), level, unit


def boosted(x, z, weight, kept_out, level):
    inner = 0.04 < level < 0.96
    settings = {
        "objective": "quantile", "alpha": level, "learning_rate": 0.06, "num_leaves": 12, "lambda_l2": 1,
        "min_data_in_leaf": 40 if inner else 20, "feature_fraction": 0.4, "bagging_fraction": 0.7, "bagging_freq": 1,
        "verbose": -1, "num_threads": 1, "seed": 1, "deterministic": True,
    }  # fmt: skip
    fit = lightgbm.Dataset(x[~kept_out], z[~kept_out], weight=weight[~kept_out])
    check = lightgbm.Dataset(x[kept_out], z[kept_out], weight=weight[kept_out])
    stop = [lightgbm.early_stopping(25, verbose=False)]
    return lightgbm.train(settings, fit, 250, valid_sets=[check], callbacks=stop)


def boosting(load, ahead, splits):
    """`splits(targets)` gives pairs of masks: what is learned from, and what is then forecast."""
    targets = np.arange(load.day + ahead, load.to)
    targets = targets[~np.isnan(load.y[targets])]
    x, level, unit = features(load, targets, ahead)
    z = (load.y[targets] - level) / unit
    days = targets // load.day
    stride = max(1, 300 // load.step)
    rows = np.full((len(targets), len(TRAINED)), np.nan)
    for turn, (learned, asked) in enumerate(splits(targets)):
        learned = learned & (targets % stride == 0)
        if not asked.any() or not learned.any():
            continue
        kept_out = ((days * 7919 + turn) % 11 < 2)[learned]
        for j, one in enumerate(TRAINED):
            model = boosted(x[learned], z[learned], unit[learned], kept_out, one)
            rows[asked, j] = model.predict(x[asked]) * unit[asked] + level[asked]
    scored = ~np.isnan(rows[:, 0])
    at = norm.ppf(TRAINED)
    quantiles = np.stack([np.interp(norm.ppf(LEVELS), at, np.sort(row)) for row in rows[scored]])
    return targets[scored], quantiles


def hindsight(load, ahead):
    def splits(targets):
        fold = targets // load.day % FOLDS
        scored = targets >= load.first + ahead - 1
        return [(fold != one, (fold == one) & scored) for one in range(FOLDS)]

    return boosting(load, ahead, splits)


def gbm(load, ahead):
    def splits(targets):
        day = load.day
        for now in range(load.first, load.to, day):
            learned = (targets < now) & (targets >= now - 28 * day)
            yield learned, (targets >= now + ahead - 1) & (targets < now + day + ahead - 1)

    return boosting(load, ahead, splits)


@cache
def fitted_at(load, now):
    past = load.known[max(0, now - 14 * load.day) : now]
    model = ExponentialSmoothing(
        past, trend="add", damped_trend=True, seasonal="add", seasonal_periods=load.day,
        initialization_method="heuristic" if len(past) >= 2 * load.day + 10 else "simple",
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(optimized=True, use_brute=False)


def smoothed(load, ahead):
    """Additive errors, damped trend and season: target, forecast and standard error behind each step."""
    for now in range(load.first, load.to, load.day):
        fitted = fitted_at(load, now)
        alpha, beta, gamma = (fitted.params[f"smoothing_{name}"] for name in ("level", "trend", "seasonal"))
        phi = fitted.params["damping_trend"]
        sigma = np.sqrt(np.mean(np.square(fitted.resid[load.day :])))
        error = sigma * spread(ahead, alpha, alpha * beta, gamma, phi, load.day)
        damped = phi * (1 - phi**ahead) / (1 - phi) if phi < 1 else ahead
        level, trend = fitted.level[-1], fitted.trend[-1]
        season = deque(fitted.season[-load.day :])
        for t in range(now, min(load.to, now + load.day)):
            yield t + ahead - 1, level + damped * trend + season[ahead - 1], error
            level, trend = step(load.known[t], level, trend, season, alpha, beta, gamma, phi)


def step(y, level, trend, season, alpha, beta, gamma, phi):
    """Holt-Winters as statsmodels has it: the trend follows the level, the season what is left of the level before."""
    expected, seasonal = level + phi * trend, season.popleft()
    season.append(gamma * (y - expected) + (1 - gamma) * seasonal)
    moved = alpha * (y - seasonal) + (1 - alpha) * expected
    return moved, beta * (moved - level) + (1 - beta) * phi * trend


def spread(ahead, alpha, beta, gamma, phi, season):
    """Standard error in units of that one step ahead (Hyndman et al. 2008, table 6.2, class 1)."""
    total = 1.0
    for j in range(1, ahead):
        damped = phi * (1 - phi**j) / (1 - phi) if phi < 1 else j
        total += (alpha + beta * damped + (gamma if j % season == 0 else 0)) ** 2
    return np.sqrt(total)


def holt_winters(load, ahead):
    targets, centres, errors = (np.array(column) for column in zip(*smoothed(load, ahead)))
    there = targets < load.to
    targets, centres, errors = targets[there], centres[there], errors[there]
    there = ~np.isnan(load.y[targets])
    rows = centres[there, None] + errors[there, None] * norm.ppf(LEVELS)
    return targets[there], np.maximum(rows, 0)


METHODS = {"hindsight": hindsight, "gbm": gbm, "holt-winters": holt_winters}


def score(load, targets, quantiles):
    y = load.y[targets]
    error = y[:, None] - quantiles
    loss = 2 * np.where(error >= 0, LEVELS * error, (LEVELS - 1) * error).mean(1).sum() / np.abs(y).sum()
    inside = (y >= quantiles[:, 1]) & (y <= quantiles[:, 11])
    return {"loss": float(f"{loss:.4g}"), "coverage_0.9": round(100 * float(inside.mean()), 1), "targets": len(y)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--methods", default=",".join(METHODS))
    asked = parser.parse_args()
    with asked.cases.open() as file:
        cases = [case for case in csv.DictReader(file) if not asked.only or case["case"] in asked.only.split(",")]
    for case in cases:
        load = Load(case, asked.cases.parent)
        for name, ahead_s in AHEAD_S.items():
            for method in asked.methods.split(","):
                scores = score(load, *METHODS[method](load, max(1, round(ahead_s / load.step))))
                print(json.dumps({"case": case["case"], "ahead": name, "method": method, **scores}), flush=True)


main()
