#!/usr/bin/env python3
"""Makes least-squares.json, levels.json and holt-winters-double.json beside this file. Needs numpy 2 and statsmodels 0.15.

Least squares: the textbook recursion in doubles with a full matrix, forgetting 0.99, no variance beyond its prior; and
statsmodels RecursiveLS, which forgets nothing. Levels: weighted two-way least squares with a dummy per row and slot; without gaps also the first
singular vectors of the table. Holt-Winters: the recursion with two seasons, written out from its equations; with one
season that is a knot per step, statsmodels ETS(A,Ad,A)."""
import json, os
import numpy as np
from statsmodels.regression.recursive_ls import RecursiveLS
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

here = os.path.dirname(os.path.abspath(__file__))


def write(name, value):
    json.dump(value, open(f'{here}/{name}.json', 'w'))


rng = np.random.default_rng(11)
n, p, prior, lam = 400, 5, 10.0, 0.99
x = np.column_stack([np.ones(n), rng.standard_normal((n, p - 1))])
x[:, 2] += 0.9 * x[:, 1]
w_true = np.array([0.5, -1.0, 0.3, 0.0, 2.0])
y = x @ w_true + 0.1 * rng.standard_normal(n)
y[200:] += 0.7 * x[200:, 3]


def recursion(lam):
    P, w = prior * np.eye(p), np.zeros(p)
    for t in range(n):
        k = P @ x[t]
        s = x[t] @ k
        w = w + k / (lam + s) * (y[t] - w @ x[t])
        P = (P - np.outer(k, k) / (lam + s)) / lam
        bound = np.sqrt(np.minimum(1, prior / np.diag(P)))
        P = P * np.outer(bound, bound)
    return w, P


w, P = recursion(lam)
plain = RecursiveLS(y, x).fit()
write('least-squares', {'x': x.tolist(), 'y': y.tolist(), 'prior': prior, 'lambda': lam, 'weights': w.tolist(),
                        'covariance': P.tolist(), 'statsmodels': plain.recursive_coefficients.filtered[:, -1].tolist()})

days, slots, decay = 6, 24, 0.9
level = rng.normal(3, 0.5, days)
shape = np.sin(np.arange(slots) / slots * 2 * np.pi)
full = level[:, None] + shape[None, :] + 0.1 * rng.standard_normal((days, slots))
gaps = full.copy()
gaps[rng.random((days, slots)) < 0.2] = np.nan
gaps[4, 5:] = np.nan  # less than a quarter is left of this row


def two_way(table):
    keep = [d for d in range(days) if np.isfinite(table[d]).sum() >= 0.25 * slots]
    rows, values, weights = [], [], []
    for d in keep:
        for i in range(slots):
            if not np.isfinite(table[d, i]):
                continue
            row = np.zeros(days + slots)
            row[d], row[days + i] = 1, 1
            rows.append(row)
            values.append(table[d, i])
            weights.append(decay ** d)
    root = np.sqrt(weights)
    beta = np.linalg.lstsq(np.array(rows) * root[:, None], np.array(values) * root, rcond=None)[0]
    centre = beta[days:].mean()
    return [beta[d] + centre if d in keep else None for d in range(days)]


# Rank one on the load: the logarithm of the first left singular vector of exp(z) is the level, up to a constant.
clean = level[:, None] + shape[None, :]
u, s, _ = np.linalg.svd(np.exp(clean))
from_svd = np.log(np.abs(u[:, 0]))
write('levels', {'decay': decay, 'full': full.tolist(), 'fullLevels': two_way(full),
                 'gaps': [[None if np.isnan(v) else v for v in row] for row in gaps], 'gapLevels': two_way(gaps),
                 'clean': clean.tolist(), 'singular': (from_svd - from_svd.mean()).tolist()})

# Hours, a day of 24 and a week of 168 steps: one knot per step.
alpha, beta, gammas, phi, most = 1 - np.exp(-1.0), 0.01, [0.2, 0.1], 0.98, 4
day, week = np.cos(np.arange(24) / 24 * 2 * np.pi), 0.3 * np.sin(np.arange(168) / 168 * 2 * np.pi)
steps = 24 * 30
z = 5 + np.tile(day, 30) + np.tile(week, 5)[:steps] + 0.1 * rng.standard_normal(steps)
z[400:405] = np.nan
z[500] = 50


def double(z, d, w, b0, gammas):
    l, b, scale, seen, fitted = 5.0, b0, 0.1, 1000, []
    d, w = d.copy(), w.copy()
    for t in range(len(z)):
        expected = l + phi * b + d[t % 24] + w[t % 168]
        fitted.append(expected)
        e = 0.0 if np.isnan(z[t]) else np.clip(z[t] - expected, -4, 4)
        l, b = l + phi * b + alpha * e, phi * b + alpha * beta * e
        if np.isnan(z[t]):
            continue
        seen += 1
        bound = most * scale
        scale += max(0.01, 1 / seen) * (min(abs(e), 2 * bound + 0.01) - scale)
        bounded = np.clip(e, -bound, bound)
        d[t % 24] += gammas[0] * bounded
        w[t % 168] += gammas[1] * bounded
    ahead = [l + sum(phi ** (j + 1) for j in range(h)) * b + d[(len(z) + h - 1) % 24] + w[(len(z) + h - 1) % 168]
             for h in range(1, 25)]
    return fitted, ahead


fitted, ahead = double(z, day, week, 0.01, gammas)
calm = 5 + np.tile(day, 10) + 0.02 * rng.standard_normal(240)
calm_fitted, calm_ahead = double(calm, day, np.zeros(168), 0.0, [0.2, 0.0])
model = ETSModel(calm, error='add', trend='add', damped_trend=True, seasonal='add', seasonal_periods=24,
                 initialization_method='known', initial_level=5.0, initial_trend=0.0, initial_seasonal=day)
known = {'smoothing_level': alpha, 'smoothing_trend': alpha * beta, 'smoothing_seasonal': 0.2, 'damping_trend': phi,
         'initial_level': 5.0, 'initial_trend': 0.0, **{f'initial_seasonal.{i}': v for i, v in enumerate(day)}}
ets = model.smooth(np.array([known[name] for name in model.param_names]))
# The recursion above against an independent implementation, where the two overlap.
assert np.max(np.abs(ets.fittedvalues - calm_fitted)) < 1e-9, np.max(np.abs(ets.fittedvalues - calm_fitted))
assert np.max(np.abs(ets.forecast(24) - calm_ahead)) < 1e-9
write('holt-winters-double', {'z': [None if np.isnan(v) else v for v in z], 'day': day.tolist(), 'week': week.tolist(),
                              'fitted': fitted, 'ahead': ahead})
