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
  'CareTeam',
  'RelatedPerson',
  'Device',
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
      managingOrganization: maybe(reference('Organization')),
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
  CareTeam: domainResource(
    'CareTeam',
    {
      identifier: many(identifier),
      status: maybe(codeOf('proposed', 'active', 'suspended', 'inactive', 'entered-in-error')),
      subject: maybe(reference('Patient', 'Group')),
      period: maybe(period),
      participant: many(
        open({
          member: maybe(reference()),
          onBehalfOf: maybe(reference('Organization')),
          // The time of membership is `period` in R4 and `coverage[x]` in R5; `role` repeats in R4 alone.
          period: maybe(period),
          coveragePeriod: maybe(period),
        }),
      ),
      managingOrganization: many(reference('Organization')),
    },
    'kept',
  ),
  RelatedPerson: domainResource(
    'RelatedPerson',
    {
      ...common,
      patient: one(reference('Patient')),
      relationship: many(codeableConcept),
      period: maybe(period),
    },
    'kept',
  ),
  Device: domainResource(
    'Device',
    {
      identifier: many(identifier),
      status: maybe(code),
      // R4 alone: R5 says it by DeviceAssociation.
      patient: maybe(reference('Patient')),
      owner: maybe(reference('Organization')),
    },
    'kept',
  ),
};
