#!/usr/bin/env python3
"""Makes learners.json beside this file. Needs numpy 2 and scikit-learn 1.9.

Boosting and the single tree are compared row by row: 64 bins, the same rules, no sampling. Forests draw from other random
numbers, so that only their errors on unseen rows can be compared. Support vectors: the optimum that liblinear finds."""
import json, os
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.kernel_approximation import RBFSampler
from sklearn.svm import SVR, LinearSVR
from sklearn.tree import DecisionTreeRegressor

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(5)
LEARNED, UNSEEN, WIDTH = 400, 100, 4


def rows(n):
    x = np.round(rng.standard_normal((n, WIDTH)), 2)
    x[:, 3] = np.round(3 * x[:, 3])
    y = np.sin(2 * x[:, 0]) + np.where(x[:, 1] > 0.3, x[:, 2], 0.2 * x[:, 3]) + 0.2 * rng.standard_normal(n)
    gone = rng.random(n) < 0.15
    # A missing value says something of the target.
    y[gone] += 0.8
    with_gaps = x.copy()
    with_gaps[gone, 0] = np.nan
    return x, with_gaps, np.round(y, 4)


def plain(a):
    return [None if np.isnan(v) else float(v) for v in np.asarray(a, dtype=float).ravel()]


x, gaps, y = rows(LEARNED)
x_new, gaps_new, y_new = rows(UNSEEN)
out = {'width': WIDTH, 'inputs': plain(gaps), 'targets': plain(y), 'unseen': plain(gaps_new), 'unseenTargets': plain(y_new)}

boosting = dict(learning_rate=0.1, max_iter=40, max_leaf_nodes=12, max_depth=5, min_samples_leaf=15, l2_regularization=1.0,
                max_bins=64, early_stopping=False, random_state=0)
boosted = HistGradientBoostingRegressor(**boosting).fit(gaps.astype(np.float32), y)
out['boosted'] = plain(boosted.predict(gaps_new.astype(np.float32)))
out['boostedLeaves'] = [int(t[0].get_n_leaf_nodes()) for t in boosted._predictors]
median = HistGradientBoostingRegressor(**{**boosting, 'loss': 'absolute_error'}).fit(gaps.astype(np.float32), y)
out['medianError'] = float(np.mean(np.abs(median.predict(gaps_new.astype(np.float32)) - y_new)))

# At most 64 different values a column: the histogram tree is then the exact tree.
coarse, coarse_new = np.round(x * 4) / 4, np.round(x_new * 4) / 4
coarse[:, 3], coarse_new[:, 3] = x[:, 3], x_new[:, 3]
assert max(len(np.unique(c)) for c in coarse.T) <= 64
out['coarse'], out['coarseUnseen'] = plain(coarse), plain(coarse_new)
tree = DecisionTreeRegressor(max_leaf_nodes=16, max_depth=6, min_samples_leaf=10, random_state=0).fit(coarse, y)
out['tree'] = plain(tree.predict(coarse_new))
forests = [RandomForestRegressor(n_estimators=100, max_leaf_nodes=64, min_samples_leaf=5, max_features=2, random_state=s)
           .fit(coarse, y).predict(coarse_new) for s in range(5)]
out['forestErrors'] = [float(np.mean((f - y_new) ** 2)) for f in forests]

# λ of ½λ|w|² + mean loss is 1/(C·n) of liblinear's ½|w|² + C·Σ loss; its intercept is a penalised column of ones.
standard = (x - x.mean(0)) / x.std(0)
standard_new = (x_new - x.mean(0)) / x.std(0)
out['standard'], out['standardUnseen'] = plain(np.round(standard, 4)), plain(np.round(standard_new, 4))
standard, standard_new = np.round(standard, 4), np.round(standard_new, 4)
LAMBDA, EPSILON = 0.01, 0.2


def linear(features):
    return LinearSVR(epsilon=EPSILON, C=1 / (LAMBDA * LEARNED), loss='epsilon_insensitive', intercept_scaling=1.0,
                     max_iter=2_000_000, tol=1e-9, random_state=0).fit(features, y)


def objective(model, features):
    w = np.append(model.coef_, model.intercept_)
    loss = np.maximum(0, np.abs(model.predict(features) - y) - EPSILON).mean()
    return float(LAMBDA / 2 * (w @ w) + loss)


model = linear(standard)
out['linear'] = {'lambda': LAMBDA, 'epsilon': EPSILON, 'weights': plain(np.append(model.coef_, model.intercept_)),
                 'objective': objective(model, standard), 'predictions': plain(model.predict(standard_new))}
GAMMA = 0.5
errors = []
for seed in range(20):
    sampler = RBFSampler(gamma=GAMMA ** 2 / 2, n_components=200, random_state=seed).fit(standard)
    fitted = linear(sampler.transform(standard))
    errors.append(float(np.mean(np.abs(fitted.predict(sampler.transform(standard_new)) - y_new))))
exact = SVR(kernel='rbf', gamma=GAMMA ** 2 / 2, C=1 / (LAMBDA * LEARNED), epsilon=EPSILON).fit(standard, y)
out['radial'] = {'gamma': GAMMA, 'errors': errors,
                 'exactError': float(np.mean(np.abs(exact.predict(standard_new) - y_new)))}
json.dump(out, open(f'{here}/learners.json', 'w'))
