/** PostgreSQL for a run: started as tests start it, with one migrated template. */
import type { TestProject } from 'vitest/node';
import type { TestServer } from '../../support/database.ts';
import setUp from '../../support/global-setup.ts';

export async function startServer(): Promise<TestServer & { readonly stop: () => Promise<void> }> {
  const provided: { server?: TestServer } = {};
  const provide = (_: string, server: TestServer): void => {
    provided.server = server;
  };
  const stop = await setUp({ provide } as unknown as TestProject);
  if (!provided.server) throw new Error('no PostgreSQL was provided');
  return { ...provided.server, stop };
}
