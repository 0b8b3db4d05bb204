/** Who gave the consent, and who keeps and enforces it (fhir-consent.md §5). */
import type { JsonObject } from '../../base/json.ts';
import { elements } from '../../fhir/read-element.ts';
import { reference } from '../../fhir/schemas/datatypes.ts';
import { carry } from './carrier.ts';
import { ofR5 } from './carriers.ts';
import { canonical, sameJson, withExtensions, withMembers } from './rewrite.ts';
import { noController } from './unpack-r4.ts';

type Parties = readonly JsonObject[];

export function partiesToR5(body: JsonObject): JsonObject {
  const organizations = elements(body, 'organization');
  const { controller } = body;
  const known = new Set([...elements(body, 'manager'), ...elements(body, 'controller')].map(canonical));
  return withMembers(body, {
    performer: undefined,
    organization: undefined,
    grantor: [...elements(body, 'performer'), ...elements(body, 'grantor')],
    manager: [...elements(body, 'manager'), ...organizations.filter((each) => !known.has(canonical(each)))],
    controller: controller === undefined ? organizations : elements(body, 'controller'),
  });
}

const performs = reference('Organization', 'Patient', 'Practitioner', 'RelatedPerson', 'PractitionerRole');
const isOrganization = reference('Organization');

export function partiesToR4(body: JsonObject): JsonObject {
  const grantors = elements(body, 'grantor');
  const { performer = [], other = [] } = Object.groupBy(grantors, (each) =>
    performs.safeParse(each).success ? 'performer' : 'other',
  );
  const organization = organizationsOf(body);
  const grantees = elements(body, 'grantee').flatMap((each) => carry(ofR5.grantee, each));
  const carried = withExtensions(withMembers(body, nothingOfR5), 'extension', [
    ...grantees,
    ...keepersCarried(body, organization),
  ]);
  const modified = withExtensions(
    carried,
    'modifierExtension',
    other.flatMap((each) => carry(ofR5.grantor, each)),
  );
  return withMembers(modified, { performer, organization });
}

const nothingOfR5 = { grantor: undefined, grantee: undefined, manager: undefined, controller: undefined };

function organizationsOf(body: JsonObject): Parties {
  const managers = elements(body, 'manager');
  const controllers = elements(body, 'controller');
  const keepers = sameJson(managers, controllers) ? managers : [...managers, ...controllers];
  const organizations = keepers.filter((each) => isOrganization.safeParse(each).success);
  if (organizations.length === managers.length && keepers === managers) return organizations;
  return [...new Map(organizations.map((each) => [canonical(each), each])).values()];
}

/** Nothing where the organizations of R4 say it all: each of them keeps as well as enforces. */
function keepersCarried(body: JsonObject, organizations: Parties): Parties {
  const managers = elements(body, 'manager');
  const controllers = elements(body, 'controller');
  if (sameJson(managers, organizations) && sameJson(controllers, organizations)) return [];
  return [
    ...managers.flatMap((each) => carry(ofR5.manager, each)),
    ...controllers.flatMap((each) => carry(ofR5.controller, each)),
    ...(controllers.length === 0 ? [noController] : []),
  ];
}
