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

# Half-hours: a day of 48 steps with a knot each, a week of 336 with a knot every other one.
STEP, PHI, GAMMAS, MOST = 30.0, 0.98, [0.15, 0.2], 8
MEMORIES, BETAS = np.array([2, 15, 60, 240, 960.0]), np.array([0, 0, 0.03, 0, 0])
ALPHA = np.tile(1 - np.exp(-STEP / np.maximum(MEMORIES, STEP)), 3)
BETA, SEASONS = np.tile(BETAS, 3), np.repeat([0, 1, 2], 5)
LEADS = [1, 2]
day, week = np.cos(np.arange(48) / 48 * 2 * np.pi), 0.3 * np.sin(np.arange(168) / 168 * 2 * np.pi)
steps = 48 * 20


def damped(h):
    return sum(PHI ** (j + 1) for j in range(h))


def week_at(w, t):
    """Value at a step, and the knots beside it with their shares."""
    place = (t % 336) / 2
    left = int(place)
    return (left, 1 - (place - left)), ((left + 1) % 168, place - left)


def ensemble(z, d, w):
    """Fifteen smoothings side by side: what their weighted mean said a step ahead of each, and 48 steps ahead at the end."""
    d, w, n = d.copy(), w.copy(), 15
    level, trend, errors = np.full(n, 5.0), np.zeros(n), np.zeros((2, n))
    waiting = [np.full((lead, n), np.nan) for lead in LEADS]
    scale, seen, count, fitted = 0.1, 2000, [0, 0], []

    def seasonal(t):
        parts = [0, d[t % 48], sum(w[k] * share for k, share in week_at(w, t))]
        return np.cumsum(parts)

    def said(t, h):
        return level + damped(h) * trend + seasonal(t + h)[SEASONS]

    def mean(t, h):
        weights = [((e.min() + 1e-6) / (e + 1e-6)) ** 20 for e in errors]
        weights.append(np.where(np.arange(n) < 13, 0, ((errors[1, 13:].min() + 1e-6) / (errors[1] + 1e-6)) ** 20))
        return np.interp(h, [1, 2, 8], [weight @ said(t, h) / weight.sum() for weight in weights])

    for t in range(len(z)):
        fitted.append(mean(t - 1, 1))
        expected = level + PHI * trend + seasonal(t)[SEASONS]
        e = np.zeros(n) if np.isnan(z[t]) else np.clip(z[t] - expected, -4, 4)
        level, trend = level + PHI * trend + ALPHA * e, PHI * trend + ALPHA * BETA * e
        for i, lead in enumerate(LEADS):
            row = waiting[i][t % lead]
            if not np.isnan(z[t] - row[0]):
                count[i] += 1
                errors[i] += (np.minimum(4, np.abs(z[t] - row)) - errors[i]) / min(200, count[i] + 5)
            waiting[i][t % lead] = said(t, lead)
        if np.isnan(z[t]):
            continue
        seen += 1
        bound = MOST * scale
        scale += max(0.01, 1 / seen) * (min(abs(e[13]), 2 * bound + 0.01) - scale)
        bounded = np.clip(e[13], -bound, bound)
        d[t % 48] += max(GAMMAS[0], 1 / (1 + seen / 48)) * bounded
        for k, share in week_at(w, t):
            w[k] += max(GAMMAS[1], 1 / (1 + seen / 336)) / 2 * share * bounded
    return fitted, [mean(len(z) - 1, h) for h in range(1, 49)]


def single(z, d, alpha, beta, gamma):
    l, b, fitted, d = 5.0, 0.0, [], d.copy()
    for t in range(len(z)):
        fitted.append(l + PHI * b + d[t % 48])
        e = z[t] - fitted[-1]
        l, b, d[t % 48] = l + PHI * b + alpha * e, PHI * b + alpha * beta * e, d[t % 48] + gamma * e
    return fitted, [l + damped(h) * b + d[(len(z) + h - 1) % 48] for h in range(1, 49)]


z = 5 + np.tile(day, 20) + np.array([sum(week[k] * share for k, share in week_at(week, t)) for t in range(steps)])
z += 0.1 * rng.standard_normal(steps)
z[400:405] = np.nan
z[500] = 50
fitted, ahead = ensemble(z, day, week)

# One of them by itself against an independent implementation.
calm = 5 + np.tile(day, 10) + 0.02 * rng.standard_normal(480)
calm_fitted, calm_ahead = single(calm, day, ALPHA[2], 0.03, 0.15)
model = ETSModel(calm, error='add', trend='add', damped_trend=True, seasonal='add', seasonal_periods=48,
                 initialization_method='known', initial_level=5.0, initial_trend=0.0, initial_seasonal=day)
known = {'smoothing_level': ALPHA[2], 'smoothing_trend': ALPHA[2] * 0.03, 'smoothing_seasonal': 0.15, 'damping_trend': PHI,
         'initial_level': 5.0, 'initial_trend': 0.0, **{f'initial_seasonal.{i}': v for i, v in enumerate(day)}}
ets = model.smooth(np.array([known[name] for name in model.param_names]))
assert np.max(np.abs(ets.fittedvalues - calm_fitted)) < 1e-9, np.max(np.abs(ets.fittedvalues - calm_fitted))
assert np.max(np.abs(ets.forecast(48) - calm_ahead)) < 1e-9
write('holt-winters-double', {'z': [None if np.isnan(v) else v for v in z], 'day': day.tolist(), 'week': week.tolist(),
                              'fitted': fitted, 'ahead': ahead})
