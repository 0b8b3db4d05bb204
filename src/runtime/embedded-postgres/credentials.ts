// The random passwords of a cluster: made with it, kept inside it, and never anywhere else.

import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError, errorCode } from './error.ts';

/** `admin` is the superuser `postgres`; `service` owns the database `headwater` and nothing more. */
export type Credentials = { readonly admin: string; readonly service: string };

const fileOf = (cluster: string): string => join(cluster, 'headwater-credentials.json');

const newPassword = (): string => randomBytes(32).toString('hex');

export const newCredentials = (): Credentials => ({ admin: newPassword(), service: newPassword() });

export const writeCredentials = async (cluster: string, credentials: Credentials): Promise<void> => {
  const file = await open(fileOf(cluster), 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(credentials)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
};

const isCredentials = (value: unknown): value is Credentials =>
  typeof value === 'object' &&
  value !== null &&
  'admin' in value &&
  'service' in value &&
  typeof value.admin === 'string' &&
  typeof value.service === 'string';

/** Nothing when there is no cluster yet. */
export const readCredentials = async (cluster: string): Promise<Credentials | undefined> => {
  try {
    const read: unknown = JSON.parse(await readFile(fileOf(cluster), 'utf8'));
    if (isCredentials(read)) return read;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    if (errorCode(error) === 'EACCES') {
      throw new EmbeddedPostgresError(`the database in \`${cluster}\` belongs to another user`, {
        cause: error,
      });
    }
    throw error;
  }
  throw new EmbeddedPostgresError(`the credentials in \`${cluster}\` are unreadable`);
};

export const adminUrl = ({ admin }: Credentials, port: number): string =>
  `postgres://postgres:${admin}@127.0.0.1:${port}/postgres`;

export const serviceUrl = ({ service }: Credentials, port: number): string =>
  `postgres://headwater:${service}@127.0.0.1:${port}/headwater`;
