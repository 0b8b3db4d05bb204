/** Failures as a person at a browser sees them: a page in plain words, or the way back to where they came from. */
import { z } from 'zod';
import type { Failure, FailureKind } from '../base/failure.ts';
import { refusalPage } from '../pages/refusal.ts';
import { type Face, statusOfFailure } from './face.ts';
import { pageResponse, seeOther } from './page-response.ts';

export const pageFace: Face = {
  mediaType: 'text/html',
  schema: z.string().meta({ id: 'Page' }),
  render(failure) {
    if (failure.location !== undefined) return seeOther(failure.location, failure.headers);
    const html = refusalPage({ heading: headingOf(failure), detail: failure.detail });
    return pageResponse(statusOfFailure(failure), { html }, failure.headers);
  },
  renderFault() {
    const html = refusalPage({ heading: ours, detail: 'it is our fault, and has been noted' });
    return pageResponse(500, { html });
  },
};

const ours = 'Something went wrong here';

const headings: Partial<Readonly<Record<FailureKind, string>>> = {
  'not-found': 'There is nothing here',
  'rate-limited': 'Too many attempts',
  unavailable: ours,
};

const headingOf = ({ kind }: Failure): string => headings[kind] ?? 'This cannot be done';
