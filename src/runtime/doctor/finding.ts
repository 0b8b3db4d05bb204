/** What the doctor found, in words for an operator. */
export type Finding = {
  readonly check: string;
  /** `notice`: it works, and somebody may want it otherwise. */
  readonly state: 'good' | 'notice' | 'wrong';
  readonly detail: string;
};

export const good = (check: string, detail: string): Finding => ({ check, state: 'good', detail });
export const notice = (check: string, detail: string): Finding => ({ check, state: 'notice', detail });
export const wrong = (check: string, detail: string): Finding => ({ check, state: 'wrong', detail });

/** A check that cannot be made is a finding as well. */
export async function found(
  check: string,
  look: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    return [wrong(check, reasonOf(error))];
  }
}

/** drizzle wraps what the driver said, and quotes the statement instead. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message || code || error.name;
}
