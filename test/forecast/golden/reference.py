#!/usr/bin/env python3
"""Makes holt-winters.json and arma.json beside this file. Needs numpy 2 and statsmodels 0.15.

Holt-Winters: ETS(A,Ad,A) with known states and constants. ARMA: exact maximum likelihood of ARMA(2,1) with mean."""
import json, os
import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.arima.model import ARIMA

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(7)

m, n = 6, 60
season = np.array([1.0, 0.5, -0.25, -1.0, -0.5, 0.25])
y = 10 + 0.05 * np.arange(n) + np.tile(season, n // m) + 0.2 * rng.standard_normal(n)
model = ETSModel(y, error='add', trend='add', damped_trend=True, seasonal='add', seasonal_periods=m,
                 initialization_method='known', initial_level=9.5, initial_trend=0.0, initial_seasonal=season)
names = dict(smoothing_level=0.4, smoothing_trend=0.01, smoothing_seasonal=0.1, damping_trend=0.98)
params = np.array([names.get(p, np.nan) for p in model.param_names])
known = dict(zip(model.param_names, params))
start = {'initial_level': 9.5, 'initial_trend': 0.0, **{f'initial_seasonal.{i}': s for i, s in enumerate(season)}}
params = np.array([known[p] if not np.isnan(known[p]) else start[p] for p in model.param_names])
fit = model.smooth(params)
json.dump({'values': y.tolist(), 'season': season.tolist(), 'fitted': fit.fittedvalues.tolist(),
           'forecast': fit.forecast(12).tolist()}, open(f'{here}/holt-winters.json', 'w'))

n = 400
e = rng.standard_normal(n + 100)
w = np.zeros(n + 100)
for t in range(2, n + 100):
    w[t] = 0.6 * w[t - 1] + 0.2 * w[t - 2] + e[t] + 0.4 * e[t - 1]
w = 5 + w[100:]
arma = ARIMA(w, order=(2, 0, 1), trend='c').fit()
p = dict(zip(arma.model.param_names, arma.params))
json.dump({'values': w.tolist(), 'phi': [p['ar.L1'], p['ar.L2']], 'theta': [p['ma.L1']], 'mean': p['const'],
           'variance': p['sigma2'], 'aic': arma.aic, 'forecast': arma.forecast(12).tolist(),
           'oneStep': arma.fittedvalues.tolist()}, open(f'{here}/arma.json', 'w'))
