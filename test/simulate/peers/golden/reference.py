#!/usr/bin/env python3
"""Makes triple-smoothing.json, dsp.json and q-learning.json beside this file. Standard library only.

Triple smoothing: the component form of statsmodels' ExponentialSmoothing(trend='add', seasonal='add'), started from the
first two seasons. DSP: naive Fourier sums. Q-learning: the update of Watkins & Dayan with a = 1/visits^0.7."""
import cmath, json, math, os, random

here = os.path.dirname(os.path.abspath(__file__))
random.seed(11)


def write(name, content):
    with open(f'{here}/{name}.json', 'w') as file:
        json.dump(content, file)


def triple(y, m, alpha, beta, gamma):
    means = [sum(y[:m]) / m, sum(y[m:2 * m]) / m]
    season = [((y[i] - means[0]) + (y[m + i] - means[1])) / 2 for i in range(m)]
    level, trend, error = means[0], (means[1] - means[0]) / m, 0.0
    for t, value in enumerate(y):
        s = season[t % m]
        forecast = level + trend + s
        error += (value - forecast) ** 2
        new_level = alpha * (value - s) + (1 - alpha) * (level + trend)
        season[t % m] = gamma * (value - level - trend) + (1 - gamma) * s
        trend = beta * (new_level - level) + (1 - beta) * trend
        level = new_level
    return level + trend + season[len(y) % m], error


y = [round(20 + 8 * math.sin(2 * math.pi * t / 6) + t / 10 + random.gauss(0, 1)) for t in range(28)]
next_value, error = triple(y, 6, 0.3, 0.1, 0.2)
write('triple-smoothing', {'values': y, 'season': 6, 'constants': {'alpha': 0.3, 'beta': 0.1, 'gamma': 0.2},
                           'next': next_value, 'squaredError': error})

cycle, cycles, step_ms = 24, 3, 3_600_000
n = cycle * cycles
x = [10 + 5 * math.sin(2 * math.pi * t / cycle) + 2 * math.cos(4 * math.pi * t / cycle) + random.gauss(0, 0.7)
     for t in range(n)]
X = [sum(x[t] * cmath.exp(-2j * math.pi * k * t / n) for t in range(n)) for k in range(n)]
amplitude = [abs(c) / n for c in X]
ranked = sorted(amplitude[1:n // 2 + 1], reverse=True)


def fft_estimate(low, high, least, most, margin):
    smallest = min(max(low, ranked[most - 1]), ranked[least - 1])
    kept = [c if k == 0 or (amplitude[min(k, n - k)] >= smallest and min(k, n - k) / n * 1000 / step_ms <= high) else 0
            for k, c in enumerate(X)]
    last = [sum(kept[k] * cmath.exp(2j * math.pi * k * t / n) for k in range(n)).real / n for t in range(n - cycle, n)]
    return [max(0.01, value) * (1 + margin) for value in last]


mean = sum(x) / n
centred = [value - mean for value in x]
variance = sum(c * c for c in centred) / n
write('dsp', {
    'signal': x, 'cycle': cycle, 'stepMs': step_ms,
    'real': [c.real for c in X], 'imaginary': [c.imag for c in X],
    'limits': {'lowAmplitudeThreshold': 0.5, 'highFrequencyThreshold': 1 / 9000, 'minNumOfSpectrumItems': 3,
               'maxNumOfSpectrumItems': 10},
    'marginFraction': 0.15,
    'fft': fft_estimate(0.5, 1 / 9000, 3, 10, 0.15),
    'maxValue': [max(x[i::cycle]) * 1.15 for i in range(cycle)],
    'correlation': sum(centred[t] * centred[(t + cycle) % n] for t in range(n)) / (n * variance),
    'power': abs(X[cycles]) ** 2 / (n * variance),
    'threshold': -math.log(1 - 0.99 ** (2 / n)),
})

moves = [[random.randrange(3), random.randrange(2), -round(random.uniform(1, 9), 2), random.randrange(3)]
         for _ in range(40)]
Q, visits = [[0.0, 0.0] for _ in range(3)], [[0, 0] for _ in range(3)]
for state, action, reward, after in moves:
    tried = [Q[after][a] for a in range(2) if visits[after][a] > 0]
    visits[state][action] += 1
    Q[state][action] += (reward + 0.95 * max(tried, default=0.0) - Q[state][action]) / visits[state][action] ** 0.7
write('q-learning', {'moves': moves, 'values': Q})
