/** A question and a resource made ready for those who decide by hand: sets and numbers, hierarchies apart. */
import { rankOf } from './covers.ts';
import { type Asked, askedAt, type Data, parentOf } from './world.ts';

export type Question = {
  readonly at: number;
  readonly action: string;
  readonly purposes: readonly string[];
  /** Everybody a permit can mean the requester by, and everybody a deny can: the organizations above as well (M-8). */
  readonly forPermit: ReadonlySet<string>;
  readonly forDeny: ReadonlySet<string>;
};

export type Facts = {
  readonly type: string;
  readonly rank: number;
  readonly sensitivities: ReadonlySet<string>;
  /** `system|code`. */
  readonly codes: ReadonlySet<string>;
  readonly moment: number | undefined;
};

export function questionOf({ who, organization, action, purposes }: Asked): Question {
  const parent = parentOf(organization);
  const named = [who, organization];
  return {
    at: askedAt,
    action,
    purposes,
    forPermit: new Set(named),
    forDeny: new Set([...named, ...(parent === undefined ? [] : [parent])]),
  };
}

/** Sensitive data is restricted at least (L-8), unlabelled data normal. */
export function factsOf({ type, confidentiality, sensitivity, codes, moment }: Data): Facts {
  const said = rankOf(confidentiality ?? (sensitivity.length > 0 ? 'U' : 'N'));
  return {
    type,
    rank: sensitivity.length > 0 ? Math.max(said, rankOf('R')) : said,
    sensitivities: new Set(sensitivity),
    codes: new Set(codes.map(({ system, code }) => `${system}|${code}`)),
    moment,
  };
}
