/** Credentials: they come from files, and in one way at a time. */
import type { Check, CheckProblem } from './check.ts';

const secretHeaders = /^(proxy-)?authorization$|cookie|token|secret|password|api-?key/i;

export const noSecretsInHeaders: Check = ({ prometheus }) =>
  Object.keys(prometheus?.headers ?? {})
    .filter((name) => secretHeaders.test(name))
    .map((name) => ({
      path: ['prometheus', 'headers', name],
      expected: 'bearerTokenFile or basicAuth instead (secrets are read from files only)',
      found: 'a secret (not shown)',
    }));

export const oneWayToAuthenticate: Check = ({ prometheus }) => {
  if (prometheus?.bearerTokenFile === undefined || prometheus.basicAuth === undefined) return [];
  return [{ path: ['prometheus', 'basicAuth'], expected: 'either basicAuth or bearerTokenFile', found: 'both' }];
};

export const certificateWithKey: Check = ({ prometheus }) => {
  const { certFile, keyFile } = prometheus?.tls ?? {};
  const lacking = (has: string, lacks: string): CheckProblem => ({
    path: ['prometheus', 'tls', has],
    expected: `${lacks} beside it`,
    found: `${has} alone`,
    about: [['prometheus', 'tls', lacks]],
  });
  if (certFile !== undefined && keyFile === undefined) return [lacking('certFile', 'keyFile')];
  if (keyFile !== undefined && certFile === undefined) return [lacking('keyFile', 'certFile')];
  return [];
};
