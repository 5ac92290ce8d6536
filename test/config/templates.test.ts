import assert from 'node:assert/strict';
import { presets } from '../../src/config/presets.ts';
import { bindQuantile, findTemplate, presetTemplates, templateNames } from '../../src/config/templates.ts';
import { type SignalTemplate, signalNames } from '../../src/domain/workload.ts';

const own: SignalTemplate = {
  name: 'queue-rate',
  query: 'sum by (namespace, queue) (rate(x{namespace=~"$namespaces", queue=~"$names"}[$window]))',
  namespaceLabel: 'namespace',
  nameLabel: 'queue',
  scale: 1,
};

describe('findTemplate', () => {
  it('finds a preset by its short and by its full name', () => {
    assert.equal(findTemplate('latency', 'istio', {}), presetTemplates['istio-latency']);
    assert.equal(findTemplate('latency', 'istio-latency', {}), presetTemplates['istio-latency']);
  });

  it('refuses the preset of another signal, which would be read in a wrong unit', () => {
    assert.equal(findTemplate('requests', 'istio-latency', presetTemplates), undefined);
    assert.equal(findTemplate('cpu', 'istio', presetTemplates), undefined);
  });

  it("finds the file's own for any signal, also beside the presets", () => {
    const all = { ...presetTemplates, [own.name]: own };
    for (const signal of signalNames) assert.equal(findTemplate(signal, 'queue-rate', all), own);
  });

  it('finds nothing under a name of the prototype', () => {
    assert.equal(findTemplate('cpu', 'constructor', {}), undefined);
    assert.equal(findTemplate('cpu', 'toString', {}), undefined);
  });
});

describe('templateNames', () => {
  it('lists short names of the presets, then the own ones', () => {
    const known = [...Object.keys(presetTemplates), own.name];
    assert.deepEqual(templateNames('latency', known), ['ingress-nginx', 'istio', 'http', 'http-by-app', 'queue-rate']);
  });
});

describe('bindQuantile', () => {
  const latency = presetTemplates['istio-latency']!;

  it('writes 0.999 for p99.9, without the digits of a float', () => {
    const bound = bindQuantile(latency, { kind: 'latency', quantile: 0.999, seconds: 1 });
    assert.equal(bound.name, 'istio-latency-p99.9');
    assert.ok(bound.query.startsWith('histogram_quantile(0.999, '));
  });

  it('observes p95 when the objective is no latency', () => {
    assert.equal(bindQuantile(latency, { kind: 'utilisation', share: 0.7 }).name, 'istio-latency-p95');
  });

  it('leaves a template without a quantile as it is', () => {
    assert.equal(bindQuantile(own, { kind: 'latency', quantile: 0.99, seconds: 1 }), own);
  });
});

describe('presets', () => {
  for (const [signal, templates] of Object.entries(presets)) {
    for (const { name, query, kindLabel, nameLabel, namespaceLabel } of templates) {
      it(`${name} is named after its signal and asks for all its workloads at once`, () => {
        assert.ok(name.endsWith(`-${signal}`));
        assert.match(query, /\$namespaces\b/);
        assert.match(query, /\$names\b/);
        for (const label of [nameLabel, namespaceLabel, kindLabel ?? nameLabel])
          assert.match(query, new RegExp(`\\b${label}\\b`));
      });

      it(`${name} has no placeholder but the four`, () => {
        const rest = query.replaceAll(/\$(namespaces|names|window|quantile)\b/g, '');
        assert.deepEqual(rest.match(/\$[a-z]\w*/g), null);
      });
    }
  }

  it('reach the unit of their signal: cores to millicores, the milliseconds of Istio to seconds', () => {
    const scaled = Object.values(presetTemplates).filter(({ scale }) => scale !== 1);
    assert.deepEqual(
      scaled.map(({ name, scale }) => [name, scale]),
      [
        ['istio-latency', 0.001],
        ['cadvisor-cpu', 1000],
      ],
    );
  });
});
