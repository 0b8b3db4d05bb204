/** The patterns of IHE BALP for RESTful interactions: action, the parts client and server play, the entity (audit.md §2). */
import type { Coding } from '../fhir/coding.ts';
import type { Interaction } from './audit-log.ts';
import { type ActionCode, systems } from './event.ts';

export type RestfulPattern = {
  readonly action: ActionCode;
  readonly client: Coding;
  readonly server: Coding;
  /** What was touched, or what was asked for. */
  readonly main: 'data' | 'query';
};

const source: Coding = { system: systems.dicom, code: '110153' };
const destination: Coding = { system: systems.dicom, code: '110152' };
const application: Coding = { system: systems.dicom, code: '110150' };
const custodian: Coding = { system: systems.provenanceParticipant, code: 'custodian' };

const sending = { client: source, server: destination } as const;
const receiving = { client: destination, server: source } as const;

const create: RestfulPattern = { action: 'C', ...sending, main: 'data' };
const read: RestfulPattern = { action: 'R', ...receiving, main: 'data' };
const update: RestfulPattern = { action: 'U', ...sending, main: 'data' };
const remove: RestfulPattern = { action: 'D', client: application, server: custodian, main: 'data' };
const query: RestfulPattern = { action: 'E', ...sending, main: 'query' };

/** BALP has no pattern for histories: that of an instance is a read of it, that of a type shows what it finds. */
export const restfulPatterns: Readonly<Record<Interaction, RestfulPattern>> = {
  create,
  read,
  vread: read,
  update,
  patch: update,
  delete: remove,
  'history-instance': read,
  'history-type': query,
  'search-type': query,
};
