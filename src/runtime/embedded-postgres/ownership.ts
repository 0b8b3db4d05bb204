// Who uses a running cluster and who serves from it, kept as PostgreSQL session locks: they die with their process.

import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';

// Any two numbers, as long as every Headwater uses the same ones.
const IN_USE = '7165870001';
const SERVING = '7165870002';

// The lock of a process that was just killed is freed as soon as its connection is seen to be closed.
const CLAIM_PATIENCE_MS = 500;
const RECONNECT_PATIENCE_MS = 30_000;

export type Tenancy = {
  /** Becomes the one serving process; false when another process already is. */
  claim(): Promise<boolean>;
  /** Is it no longer, before it began to serve. */
  disclaim(): Promise<void>;
  /** Gives up every lock; true when nobody else uses the cluster, and nobody can start to until `close`. */
  leave(): Promise<boolean>;
  close(): Promise<void>;
};

const connect = (url: string, onclose: () => void): Sql =>
  postgres(url, {
    max: 1,
    fetch_types: false,
    idle_timeout: 0,
    // The driver renews connections every half hour by default, which would drop the locks.
    max_lifetime: null,
    connect_timeout: 5,
    connection: { application_name: 'headwater ownership', idle_session_timeout: 0 },
    onnotice: () => undefined,
    onclose,
  });

const tryServing = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${SERVING}) as taken`;
  return row?.taken === true;
};

// INVARIANT: a session that ended is not silently replaced by the driver: the next one would not hold its locks.
const enter = async (url: string, onLost: () => void): Promise<Sql> => {
  let entered = false;
  const sql = connect(url, () => {
    void sql.end({ timeout: 0 });
    if (entered) onLost();
  });
  try {
    await sql`select pg_advisory_lock_shared(${IN_USE})`;
    entered = true;
    return sql;
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
};

class SessionTenancy implements Tenancy {
  readonly #url: string;
  readonly #onLost: (reason: string) => void;
  #sql: Sql | undefined;
  #returning: Promise<void> | undefined;
  #serving = false;
  #leaving = false;

  constructor(url: string, onLost: (reason: string) => void) {
    this.#url = url;
    this.#onLost = onLost;
  }

  async open(): Promise<void> {
    this.#sql = await enter(this.#url, () => this.#return());
  }

  async claim(): Promise<boolean> {
    await this.#returning;
    this.#serving = await this.#take();
    return this.#serving;
  }

  async disclaim(): Promise<void> {
    this.#serving = false;
    await this.#connected()`select pg_advisory_unlock(${SERVING})`;
  }

  async leave(): Promise<boolean> {
    this.#leaving = true;
    await this.#returning;
    const sql = this.#sql ?? connect(this.#url, () => undefined);
    this.#sql = sql;
    // Sharing ends before asking to be alone: two that leave at once would otherwise each wait for the other to go.
    await sql`select pg_advisory_unlock_all()`;
    const [row] = await sql<{ alone: boolean }[]>`select pg_try_advisory_lock(${IN_USE}) as alone`;
    return row?.alone === true;
  }

  async close(): Promise<void> {
    this.#leaving = true;
    await this.#returning;
    await this.#sql?.end({ timeout: 0 });
  }

  #connected(): Sql {
    if (!this.#sql) throw new Error('the connection to the embedded database is lost');
    return this.#sql;
  }

  async #take(): Promise<boolean> {
    const until = Date.now() + CLAIM_PATIENCE_MS;
    while (!(await tryServing(this.#connected()))) {
      if (Date.now() > until) return false;
      await sleep(50);
    }
    return true;
  }

  #return(): void {
    this.#sql = undefined;
    if (this.#leaving || this.#returning !== undefined) return;
    this.#returning = this.#comeBack().finally(() => {
      this.#returning = undefined;
    });
  }

  // PostgreSQL drops every session when one of its processes crashes, then carries on: so do we, with the same locks.
  async #comeBack(): Promise<void> {
    const until = Date.now() + RECONNECT_PATIENCE_MS;
    while (!this.#leaving) {
      try {
        await this.open();
        if (this.#serving && !(await this.#take()))
          this.#onLost('another process serves from this database now');
        return;
      } catch {
        if (Date.now() > until) return this.#onLost('the embedded database has gone away');
        await sleep(100);
      }
    }
  }
}

/** Joins those who use the cluster; fails like any connection while it is starting or stopping. */
export const openTenancy = async (url: string, onLost: (reason: string) => void): Promise<Tenancy> => {
  const tenancy = new SessionTenancy(url, onLost);
  await tenancy.open();
  return tenancy;
};
