"""One LSTM layer with a dense head, written from the equations of Hochreiter & Schmidhuber (1997) and Gers et al. (2000).

    python3 lstm_cell.py > lstm_cell.json        (numpy)

Double precision on weights rounded to single, so that only the order of sums differs from the inference under test.
"""
import json
import numpy as np

rng = np.random.default_rng(20261121)
features, units, outputs, steps = 5, 6, 7, 12


def draw(*shape):
    return rng.normal(0, 0.6, shape).astype(np.float32)


kernel, recurrent, bias = draw(features, 4 * units), draw(units, 4 * units), draw(4 * units)
head, head_bias = draw(units + features, outputs), draw(outputs)
inputs = draw(steps, features)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


hidden, cell, answers = np.zeros(units), np.zeros(units), []
for x in inputs.astype(np.float64):
    i, f, g, o = np.split(x @ kernel + hidden @ recurrent + bias, 4)
    cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
    hidden = sigmoid(o) * np.tanh(cell)
    answers.append((np.concatenate([hidden, x]) @ head + head_bias).tolist())

flat = {"kernel": kernel, "recurrent": recurrent, "bias": bias, "head": head, "headBias": head_bias}
print(json.dumps({
    "weights": {name: value.astype(np.float64).ravel().tolist() for name, value in flat.items()},
    "inputs": inputs.astype(np.float64).tolist(),
    "outputs": answers,
}))
