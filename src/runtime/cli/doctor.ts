/** `headwater doctor`: whether this service, as it is configured, could serve; and if not, why. */
import { readFileSync } from 'node:fs';
import { asInstant } from '../../base/instant.ts';
import { createFetchJson } from '../../outbound/fetch-json.ts';
import { getPinned } from '../../outbound/get-pinned.ts';
import type { Database } from '../../storage/database.ts';
import { trustedIssuerStore } from '../../storage/trusted-issuers.ts';
import { type Config, isLoopback, readConfig } from '../config.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { configurationProblems, examineConfiguration } from '../doctor/examine-configuration.ts';
import { examineDatabase } from '../doctor/examine-database.ts';
import { examineIssuers } from '../doctor/examine-issuers.ts';
import { type Finding, found } from '../doctor/finding.ts';
import { keySecret } from '../key-secret.ts';
import { type Command, columns } from './command.ts';

export const doctorCommand: Command = {
  words: 'doctor',
  summary: 'Tell whether the service could serve as it is configured, and if not, why',
  options: {},
  async run() {
    const findings = await examine();
    const failed = findings.some(({ state }) => state === 'wrong');
    const rows = findings.map(({ check, state, detail }) => [marks[state], check, detail]);
    return { json: { healthy: !failed, findings }, text: columns(rows), failed };
  },
};

const marks = { good: 'ok', notice: 'note', wrong: 'WRONG' } as const satisfies Record<
  Finding['state'],
  string
>;

async function examine(): Promise<readonly Finding[]> {
  const config = readConfig(process.env, {
    required: [],
    readSettings: (file) => readFileSync(file, 'utf8'),
  });
  if (!config.ok) return configurationProblems(config.failure);
  const inDatabase = await found('database', () => withConfiguredDatabase(examineWithin));
  return [...examineConfiguration(config.value), ...inDatabase];
}

async function examineWithin(database: Database, config: Config): Promise<readonly Finding[]> {
  const findings = await examineDatabase(
    database,
    () => keySecret(config),
    () => asInstant(Date.now()),
  );
  if (findings.some(({ check, state }) => check !== 'signing key' && state === 'wrong')) return findings;
  const fetchJson = createFetchJson({ get: getPinned(), allowLoopback: isLoopback(config.issuer) });
  const issuers = await trustedIssuerStore(database).list();
  return [...findings, ...(await found('issuers', () => examineIssuers(issuers, fetchJson)))];
}
