/** What can be told of a configuration without a database. */
import { type Config, type ConfigProblem, isLoopback, knowsAddresses } from '../config.ts';
import { type Finding, good, notice, wrong } from './finding.ts';

export const configurationProblems = (problems: readonly ConfigProblem[]): readonly Finding[] =>
  problems.map(({ variable, expected }) => wrong('configuration', `${variable}: expected ${expected}`));

export function examineConfiguration(config: Config): readonly Finding[] {
  const { issuer, databaseUrl, keySecret } = config;
  const isLocal = isLoopback(issuer);
  return [
    good('configuration', 'every variable can be read, the settings file with them'),
    isLocal
      ? notice('issuer', `${issuer} is this machine: for development, nobody else can use it`)
      : good('issuer', issuer),
    ...(knowsAddresses(config)
      ? []
      : [
          notice(
            'limits',
            'off: set HEADWATER_PROXIES to the number of proxies in front, so that we know who is asking',
          ),
        ]),
    ...(databaseUrl || isLocal
      ? []
      : [notice('database', 'the embedded one: set DATABASE_URL to one that is backed up')]),
    keySecret
      ? good('key secret', 'HEADWATER_KEY_SECRET')
      : notice('key secret', 'made for this machine, in the data folder: signing keys are lost with it'),
  ];
}
