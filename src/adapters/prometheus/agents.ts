/** Kept-alive connections. The TLS agent is replaced when a certificate on disk was. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Tls } from './credentials.ts';

export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

export interface AgentPool {
  agents(tls: Tls): Agents;
  close(): void;
}

export function createAgentPool(concurrency: number): AgentPool {
  const options = { keepAlive: true, maxSockets: concurrency };
  const httpAgent = new HttpAgent(options);
  let httpsAgent = new HttpsAgent(options);
  let current = JSON.stringify({});
  return {
    agents(tls) {
      const wanted = JSON.stringify(tls);
      if (wanted !== current) {
        // Requests under way keep their sockets; idle ones close by the server's keep-alive timeout.
        httpsAgent = new HttpsAgent({ ...options, ...tls });
        current = wanted;
      }
      return { httpAgent, httpsAgent };
    },
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}
