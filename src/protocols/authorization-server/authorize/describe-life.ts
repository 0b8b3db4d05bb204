/** How long what a patient grants will hold, in words. */
import { formatInstant, type Instant, plusSeconds } from '../../../base/instant.ts';
import { attendedSeconds, offlineSeconds } from '../issue-code.ts';

/** "Until 22 November 2027 at the latest", "for about an hour": rounded up, never down. */
export function describeLife(isLasting: boolean, at: Instant): string {
  if (isLasting) return `until ${dateOf(plusSeconds(at, offlineSeconds))} at the latest`;
  return `for at most ${Math.ceil(attendedSeconds / 60)} minutes`;
}

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);

function dateOf(at: Instant): string {
  const [year, month, day] = formatInstant(at).slice(0, 10).split('-').map(Number);
  return `${day} ${months[(month ?? 1) - 1]} ${year}`;
}
