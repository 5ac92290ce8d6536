/**
 * What a request to Prometheus carries to be let in. Files are read anew for every request: they are small, and
 * tokens and certificates in a cluster are replaced under a running process.
 */
import { readFile } from 'node:fs/promises';
import type { PrometheusSettings } from '../../domain/settings.ts';

export interface Credentials {
  readonly headers: { readonly [name: string]: string };
  readonly auth?: { readonly username: string; readonly password: string };
  readonly tls: Tls;
}

/** In the names of node:tls. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

async function readSecret(setting: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`prometheus.${setting}: expected a readable file, found ${error.code ?? error.message} at ${file}`);
  });
  const secret = text.trim();
  // The client library would leave an empty password out and ask unauthenticated.
  if (secret === '') throw new Error(`prometheus.${setting}: expected a secret, found an empty file at ${file}`);
  return secret;
}

async function readTls(tls: PrometheusSettings['tls']): Promise<Tls> {
  if (!tls) return {};
  const [ca, cert, key] = await Promise.all([
    tls.caFile === undefined ? undefined : readSecret('tls.caFile', tls.caFile),
    tls.certFile === undefined ? undefined : readSecret('tls.certFile', tls.certFile),
    tls.keyFile === undefined ? undefined : readSecret('tls.keyFile', tls.keyFile),
  ]);
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
  };
}

/** @throws Error that names the setting, the file and what was found there */
export async function readCredentials(settings: PrometheusSettings): Promise<Credentials> {
  const { bearerTokenFile, basicAuth, headers } = settings;
  const [token, password, tls] = await Promise.all([
    bearerTokenFile === undefined ? undefined : readSecret('bearerTokenFile', bearerTokenFile),
    basicAuth === undefined ? undefined : readSecret('basicAuth.passwordFile', basicAuth.passwordFile),
    readTls(settings.tls),
  ]);
  return {
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(basicAuth && password !== undefined && { auth: { username: basicAuth.username, password } }),
    tls,
  };
}
