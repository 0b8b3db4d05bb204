/** What a client would rather have (RFC 7240; FHIR R4 §3.1.0.1.5, §3.1.0.6.2). */
export type Preference = {
  readonly body: 'minimal' | 'representation' | 'OperationOutcome';
  readonly handling: 'lenient' | 'strict';
};

export function preferenceIn(headers: Headers): Preference {
  const stated = new Set(
    (headers.get('prefer') ?? '').split(/[,;]/).map((preference) => preference.replaceAll(/[\s"]/g, '')),
  );
  return {
    body:
      (['minimal', 'OperationOutcome'] as const).find((body) => stated.has(`return=${body}`)) ??
      'representation',
    handling: stated.has('handling=strict') ? 'strict' : 'lenient',
  };
}
