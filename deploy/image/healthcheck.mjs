/**
 * The HEALTHCHECK of the image: exit code 0 while /healthz answers 200. The image has neither curl nor a shell.
 * FORESCALE_HEALTH_URL says where, when the configuration moves the port.
 */
import process from 'node:process';

const url = process.env.FORESCALE_HEALTH_URL ?? 'http://127.0.0.1:8080/healthz';
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  process.stdout.write(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${url}: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
