// What one step of the story learns and a later one needs.

import type { Ticket } from './parties/clinic-app.ts';

export type StoredConsent = { readonly id: string; readonly url: string };

export type Facts = {
  /** The R5 permit for treatment, and the R4 deny of research. */
  readonly treatment: StoredConsent;
  readonly research: StoredConsent;
  /** The hospital's handle for the record, at Headwater. */
  readonly handle: string;
  /** tD2 and tU1 of the referral. */
  readonly returnTicket: Ticket;
  readonly upstreamTicket: Ticket;
  readonly rpt: string;
  /** The hospital's own tokens: for the clinician's app, and for the ward's. */
  readonly clinicToken: string;
  readonly wardToken: string;
  readonly shown: readonly string[];
  readonly b2bRequest: Readonly<Record<string, unknown>>;
};

export type Notebook = {
  readonly note: <K extends keyof Facts>(what: K, value: Facts[K]) => void;
  readonly recall: <K extends keyof Facts>(what: K) => Facts[K];
};

export function emptyNotebook(): Notebook {
  const facts: { -readonly [K in keyof Facts]?: Facts[K] } = {};

  function recall<K extends keyof Facts>(what: K): Facts[K] {
    const value = facts[what];
    if (value === undefined) throw new Error(`no step before this one noted \`${what}\``);
    return value as Facts[K];
  }

  return {
    note: (what, value) => {
      facts[what] = value;
    },
    recall,
  };
}
