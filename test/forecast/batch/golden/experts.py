#!/usr/bin/env python3
"""Reference forecasts of the members of a batch, written plainly with numpy: python3 experts.py > experts.json

Series are seeded: an hourly load with day and week, one that wanders, and one with a short season only.
"""
import json
import numpy as np

D, W, H = 24, 168, 30


def load(n, seed, level=100.0, wander=0.0):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    day = 1 - 0.5 * np.cos(2 * np.pi * t / D) + 0.2 * np.sin(4 * np.pi * t / D)
    week = np.where((t // D) % 7 >= 5, 0.6, 1.0)
    drift = np.exp(wander * np.cumsum(rng.normal(size=n)))
    return level * day * week * drift * np.exp(0.08 * rng.normal(size=n))


def short(n, seed):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    return 50 + 8 * np.sin(2 * np.pi * t / 6) + np.cumsum(rng.normal(size=n)) * 0.3 + rng.normal(size=n)


def within(lags, n):
    return [lag for lag in lags if lag < n - min(200, n / 2)]


def ridge_lags(w, lags, penalty):
    rows = np.array([[*[w[t - lag] for lag in lags], 1.0] for t in range(max(lags), len(w))])
    p = np.diag([penalty] * len(lags) + [1e-6])
    return np.linalg.solve(rows.T @ rows + p, rows.T @ w[max(lags):])


def go_on(w, lags, beta, steps):
    w = list(w)
    for _ in range(steps):
        v = sum(b * w[-lag] for b, lag in zip(beta, lags)) + beta[-1]
        w.append(min(8.0, max(-8.0, v)))
    return np.array(w[-steps:])


def ar(y, lags, d, log, penalty=1.0):
    z = np.log(y) if log else y.copy()
    w = z[d:] - z[:-d] if d else z
    lags = within(lags, len(w))
    m, s = w.mean(), w.std()
    f = go_on((w - m) / s, lags, ridge_lags((w - m) / s, lags, penalty), H) * s + m
    out = list(z)
    for v in f:
        out.append(v + out[-d] if d else v)
    out = np.array(out[-H:])
    return np.exp(out) if log else out


def harmonic(y, seasons, log, lags):
    z = np.log(y) if log else y.copy()
    n = len(z)
    m, s = z.mean(), z.std()
    z = (z - m) / s

    def columns(t):
        c = [np.ones(len(t)), t / n]
        for i, season in enumerate(seasons):
            for k in range(1, min(10, (season - 1) // 2) + 1):
                if any((k * o) % season == 0 for o in seasons[:i]):
                    continue
                c += [np.cos(2 * np.pi * k * t / season), np.sin(2 * np.pi * k * t / season)]
        return np.array(c).T

    x = columns(np.arange(n))
    p = np.full(x.shape[1], 1e-4 * n)
    p[0], p[1] = 1e-9, 0.5 * n
    beta = np.linalg.solve(x.T @ x + np.diag(p), x.T @ z)
    r = z - x @ beta
    lags = within(lags, n)
    f = (columns(np.arange(n, n + H)) @ beta + go_on(r, lags, ridge_lags(r, lags, 0.5), H)) * s + m
    return np.exp(f) if log else f


def profile(y, gains, spill, lags):
    z = np.log(y)
    first, longest = gains[0][0], gains[-1][0]
    tables = [z[:first].copy()] + [np.zeros(season) for season, _ in gains[1:]]
    errors, usual = [], 0.0
    for t in range(first, len(z)):
        e = z[t] - sum(table[t % len(table)] for table in tables)
        errors.append(e)
        usual += max(0.01, 1 / (t - first + 1)) * (abs(e) - usual)
        pull = min(3 * usual, max(-3 * usual, e))
        for i, (season, gain) in enumerate(gains):
            young = 1 / (1 + t / season) if i == 0 and t < longest else 0
            tables[i][t % season] += max(gain, young) * pull
            if spill:
                tables[i][(t + 1) % season] += gain * pull * spill
                tables[i][(t - 1) % season] += gain * pull * spill
    e = np.array(errors)
    settled = e[longest - first:] if len(e) >= 3 * longest else e
    s = settled.std()
    lags = within(lags, len(settled))
    f = go_on(e / s, lags, ridge_lags(settled / s, lags, 1.0), H) * s
    t = np.arange(len(z), len(z) + H)
    return np.exp(f + sum(table[t % len(table)] for table in tables))


def weeks(y, count):
    k = min(count, len(y) // W)
    return y[len(y) - k * W:].reshape(k, W)


def level(y, how):
    z = np.log(y)
    p = np.median(weeks(z, 8), axis=0)
    dist = z[-W:] - p
    if how == 'half':
        ahead = np.full(H, 0.5 * dist[-D:].mean())
    else:
        now, lately = np.median(dist[-3:]), np.median(dist[-2 * D:])
        ahead = lately + (now - lately) * 0.9 ** np.arange(1, H + 1)
    return np.exp(np.tile(p, 2)[:H] + ahead)


def similar_days(y):
    z = np.log(y)
    days = z[len(z) % D:].reshape(-1, D)
    shapes = 0.25 * np.roll(days, 1, axis=1) + 0.5 * days + 0.25 * np.roll(days, -1, axis=1)
    kind, n = np.arange(len(days)) % 7, len(days)
    usual = np.array([np.median(shapes[kind == k], axis=0) for k in range(7)])
    noise = np.mean([((shapes[kind == k] - usual[k]) ** 2).mean() for k in range(7)])
    like = np.exp(-((usual[:, None] - usual[None]) ** 2).mean(axis=2) / noise)

    def expect(place, end):
        w = like[place % 7][kind[:end]] * 0.5 ** (np.arange(end)[::-1] / 21)
        return w @ days[:end] / w.sum()

    level = sum(s * (days[n - b] - expect(n - b, n - b)).mean() for b, s in ((1, 0.25), (2, 0.15), (3, 0.1)))
    return np.exp(np.concatenate([expect(n, n), expect(n + 1, n)])[:H] + level)


def pooled(series, size, log, place):
    x, y = [], []
    for values in series:
        z = np.log(values) if log else values
        for at in range(0, len(z) - size - H + 1, 4):
            window, later = z[at:at + size], z[at + size:at + size + H]
            c, s = place(window)
            if np.abs((window - c) / s).max() <= 20 and np.abs((later - c) / s).max() <= 12:
                x.append([*((window - c) / s), 1.0])
                y.append((later - c) / s)
    x, y = np.array(x), np.array(y)
    beta = np.linalg.solve(x.T @ x + 50 * np.eye(size + 1), x.T @ y)
    out = []
    for values in series:
        z = np.log(values) if log else values
        c, s = place(z[-size:])
        f = np.array([*((z[-size:] - c) / s), 1.0]) @ beta * s + c
        out.append((np.exp(f) if log else f).tolist())
    return out


# Level, day, week and short-lived parts: variance, days, Matern class, width by day, width by week.
beliefs = [
    [(150, 60, 1, .6, 0), (7, 60, 0, .35, 1), (8, 120, 0, 0, .1), (30, .75, 0, 0, 0)],
    [(5000, 15, 1, 0, 0), (7500, 60, 2, .5, 0), (3, 15, 0, 1, 0), (.8, .3, 0, 0, 0)],
    [(2300, 18, 0, 1, 0), (11, 27, 0, 0, .1), (.2, 9, 2, 0, 0)],
    [(.4, 11, 0, 0, 0), (1.7, 15, 2, .35, 0), (2.2, 80, 0, .6, 1), (.9, 2.5, 0, 1, 0)],
    [(1e5, 175, 1, 0, 0), (3600, 180, 1, .25, 0), (23, 3, 0, 0, 0)],
    [(.6, 4.5, 0, 0, 0), (110, 75, 0, .2, 0), (42, 45, 0, .2, .6), (14, .2, 0, 0, 0)],
    [(2, 15, 1, 0, 0), (490, 9, 0, 1, 0), (280, 30, 0, 1, .6), (3.4, 28, 0, 0, .5), (21, 1.3, 0, .35, 0)],
    [(6, 12, 0, 0, 0), (22, 55, 1, 1, 0), (6, 18, 0, 0, .2), (7, .1, 0, 0, 0)],
    [(54, 6, 2, 0, 0), (170, 4, 2, 1, 0), (8, 100, 0, 1, 1), (1.6, .05, 0, 0, 0)],
    [(2e5, 26, 1, 0, 0), (4200, 90, 2, 1, 0), (71, 3.7, 0, 1, 0)],
    [(3.7, 1.1, 2, 0, 0), (12, 37, 2, .35, 0), (.6, 30, 0, .35, .15), (21, 1.4, 0, 1, 0), (1.1, .05, 0, 0, 0)],
    [(1600, 38, 1, 0, 0), (6800, 250, 2, 1.5, 0), (78, .23, 0, 0, 0), (18, 2, 0, 1, 0)],
]


def matern(r, smooth):
    if smooth == 0:
        return np.exp(-r)
    r = np.sqrt(3 if smooth == 1 else 5) * r
    return (1 + r + (r * r / 3 if smooth == 2 else 0)) * np.exp(-r)


def shared(belief, lag):
    parts = 0
    for variance, days, smooth, day, week in belief:
        k = variance * matern(lag / (D * days), smooth)
        k = k * np.exp(-2 * (np.sin(np.pi * lag / D) / day) ** 2) if day else k
        parts = parts + (k * np.exp(-2 * (np.sin(np.pi * lag / W) / week) ** 2) if week else k)
    return parts + 10 * sum(p[0] for p in belief)


def process(y, log):
    z = (np.log(y) if log else y)[-3 * W:]
    m, n = z.mean(), len(z)
    t, ahead = np.arange(n, dtype=float), np.arange(n, n + H, dtype=float)
    forecasts, likely = [], []
    for belief in beliefs:
        k = shared(belief, abs(t[:, None] - t)) + np.eye(n)
        solved = np.linalg.solve(k, z - m)
        forecasts.append(m + shared(belief, ahead[:, None] - t) @ solved)
        likely.append(-0.5 * n * np.log((z - m) @ solved / n) - 0.5 * np.linalg.slogdet(k)[1])
    w = np.exp((np.array(likely) - max(likely)) / 20)
    f = w @ np.array(forecasts) / w.sum()
    return (np.exp(f) if log else f).tolist()


level_lags = [1, 2, 3, 4, 5, 6, 22, 23, 24, 25, 26, 47, 48, 49, 72, 96, 120, 144, 167, 168, 169, 192, 336]
day_lags = [1, 2, 3, 23, 24, 25, 48, 72, 120, 144, 167, 168, 169]
step_lags = [*range(1, 26), 47, 48, 49, 72, 96, 120, 144, 167, 168, 169, 192]
rest_lags = [1, 2, 3, 24, 25, 48, 168]

steady, wandering, small = load(700, 1), load(640, 2, 900.0, 0.02), short(150, 3)
both = {'steady': steady, 'wandering': wandering}
fade = 0.7 ** np.arange(6, -1, -1)
expected = {name: {
    'season': np.tile(y[-D:], 2)[:H],
    'season-fading': np.tile(np.exp(fade @ np.log(y[-7 * D:].reshape(7, D)) / fade.sum()), 2)[:H],
    'weeks-mean': weeks(y, 8).mean(axis=0)[:H],
    'weeks-median': np.median(weeks(y, 8), axis=0)[:H],
    'weeks-median-3': np.median(weeks(y, 3), axis=0)[:H],
    'weeks-level': level(y, 'half'),
    'weeks-fading-level': level(y, 'fading'),
    'similar-days': similar_days(y),
    'profile-week': profile(y, [(W, 0.15)], 0, rest_lags),
    'profile': profile(y, [(D, 0.1), (W, 0.2)], 0.3, rest_lags),
    'profile-slow': profile(y, [(D, 0.05), (W, 0.1)], 0.3, [1, 2, 3]),
    'profile-long': profile(y, [(D, 0.1), (W, 0.1)], 0, day_lags),
    'harmonic': harmonic(y, [D, W], False, rest_lags),
    'harmonic-log': harmonic(y, [D, W], True, rest_lags),
    'ar-day': ar(y, day_lags, D, False),
    'ar-step': ar(y, step_lags, 1, False),
    'ar-step-log': ar(y, step_lags, 1, True),
} for name, y in both.items()}
# One season of 6: 3, 4, 5, 6 of it stand in for the week.
small_lags = sorted({1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 18, 24, 30, 36})
expected['small'] = {'ar': ar(small, small_lags, 0, False), 'ar-log': ar(small, small_lags, 0, True)}


def by_week(window):
    return window[-W:].mean(), window.std()


def by_last(window):
    return window[-1], 3 * np.abs(np.diff(window)).mean()


many = [load(760 + 5 * i, 10 + i, 50.0 * (i + 1), 0.01) for i in range(5)]
print(json.dumps({
    'horizon': H,
    'series': {name: y.tolist() for name, y in {**both, 'small': small}.items()},
    'expected': {name: {k: v.tolist() for k, v in f.items()} for name, f in expected.items()},
    'many': [y.tolist() for y in many],
    'pooled': {
        'pooled-log': pooled(many, 3 * W, True, by_week),
        'pooled-change': pooled(many, W, False, by_last),
        'process': [process(y, False) for y in many],
        'process-log': [process(y, True) for y in many],
    },
}))
