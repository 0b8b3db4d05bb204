/** Directory resources: checked as far as decisions read them, the rest is kept as it came; one shape serves R4 to R5. */
import type { ZodType } from 'zod';
import { codeableConcept, identifier, period, reference } from './datatypes.ts';
import { domainResource } from './domain-resource.ts';
import { many, maybe, one, open } from './element.ts';
import { boolean, code, codeOf, date } from './primitives.ts';

export const directoryTypes = [
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Group',
] as const;
export type DirectoryType = (typeof directoryTypes)[number];

const common = { identifier: many(identifier), active: maybe(boolean) };

export const directorySchemas: Readonly<Record<DirectoryType, ZodType>> = {
  Patient: domainResource(
    'Patient',
    {
      ...common,
      birthDate: maybe(date),
      link: many(
        open({
          other: one(reference('Patient', 'RelatedPerson')),
          type: one(codeOf('replaced-by', 'replaces', 'refer', 'seealso')),
        }),
      ),
    },
    'kept',
  ),
  Practitioner: domainResource('Practitioner', common, 'kept'),
  PractitionerRole: domainResource(
    'PractitionerRole',
    {
      ...common,
      period: maybe(period),
      practitioner: maybe(reference('Practitioner')),
      organization: maybe(reference('Organization')),
      code: many(codeableConcept),
    },
    'kept',
  ),
  Organization: domainResource(
    'Organization',
    { ...common, partOf: maybe(reference('Organization')) },
    'kept',
  ),
  Group: domainResource(
    'Group',
    {
      ...common,
      type: one(code),
      member: many(open({ entity: one(reference()), period: maybe(period), inactive: maybe(boolean) })),
      characteristic: many(open({ exclude: maybe(boolean) })),
    },
    'kept',
  ),
};
