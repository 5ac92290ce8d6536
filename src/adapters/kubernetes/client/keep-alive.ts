/**
 * Keeps connections open between requests.
 *
 * The client library makes a new connection pool for each request (createDispatcher in its config.ts), so that 50
 * requests cost 50 TLS handshakes. One pool per server and TLS material serves them all; a rotated client
 * certificate or CA gives a new pool. The method is private in the types and has no public counterpart.
 */
import type { KubeConfig } from '@kubernetes/client-node';

interface Pool {
  destroy(): Promise<void>;
}

interface WithDispatcher {
  createDispatcher(cluster: { readonly server: string } | null, agentOptions: object): Pool | undefined;
}

/** Changes `config` in place. Returns the function that closes every pool that was made. */
export function keepConnectionsAlive(config: KubeConfig): () => Promise<void> {
  const inner = config as unknown as WithDispatcher;
  const create = inner.createDispatcher.bind(config);
  const pools = new Map<string, Pool | undefined>();
  inner.createDispatcher = (cluster, agentOptions) => {
    const key = JSON.stringify([cluster?.server, agentOptions]);
    if (!pools.has(key)) pools.set(key, create(cluster, agentOptions));
    return pools.get(key);
  };
  return async () => {
    const open = [...pools.values()];
    pools.clear();
    await Promise.all(open.map((pool) => pool?.destroy()));
  };
}
