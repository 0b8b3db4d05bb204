/** Whether something holds of a resource, when the resource may not say: logic in three values. */
export type Match = 'yes' | 'no' | 'unknown';

export const all = (matches: readonly Match[]): Match => strongest(matches, ['no', 'unknown', 'yes']);
export const any = (matches: readonly Match[]): Match => strongest(matches, ['yes', 'unknown', 'no']);
export const isYes = (holds: boolean): Match => (holds ? 'yes' : 'no');

const strongest = (matches: readonly Match[], order: readonly Match[]): Match =>
  order.find((match) => matches.includes(match)) ?? 'no';
