/** Where resources of every type live, all versions kept. */
import type { Instant } from '../base/instant.ts';
import type { Result } from '../base/result.ts';
import type { StoredResource, StoredVersion } from './resource.ts';
import type { DateTest, PageOf, PageRequest, Question, SearchIndex, Sort } from './search/search.ts';
import type { FhirVersion } from './version.ts';

export type ResourceStore = ReadResources & WriteResources & SearchResources;

export type ReadResources = {
  /** The newest version, be it the deletion; undefined when it never was, or is outside the reach. */
  read(type: string, id: string, within: Reach): Promise<StoredVersion | undefined>;
  readVersion(type: string, id: string, version: number, within: Reach): Promise<StoredVersion | undefined>;
  /** Newest first, unless asked otherwise; `items` is empty when there is nothing in reach. */
  history(query: HistoryQuery, page: PageRequest, within: Reach): Promise<PageOf<StoredVersion>>;
};

export type WriteResources = {
  /** As version 1; `taken` when the id is in use, or was. */
  create(write: ResourceWrite): Promise<Result<StoredResource, 'taken'>>;
  /** The next version; `stale` when the current one is not `expectedVersion`, `missing` outside the reach. */
  update(
    write: ResourceWrite,
    expectedVersion: number,
    within: Reach,
  ): Promise<Result<StoredResource, 'missing' | 'stale'>>;
  /** Ends the resource with a version that says so; every earlier version stays. */
  remove(
    removal: Removal,
    expectedVersion: number,
    within: Reach,
  ): Promise<Result<undefined, 'missing' | 'stale'>>;
  /** Each under its id: new ones created, others as their next version unless they say the same; one round trip. */
  putAll(writes: readonly PutWrite[]): Promise<readonly Put[]>;
  /** Waits for other transactions that hold the name, and holds it until this transaction ends. */
  hold(name: string): Promise<void>;
};

export type Put = {
  /** `created` also where it was deleted before; `other-patient` where it is, or was, of another one: nothing is written. */
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'other-patient';
  /** The current one, or the deletion that is left. */
  readonly version: number;
};

export type SearchResources = {
  search(
    question: Question,
    order: readonly Sort[],
    page: PageRequest,
    within: Reach,
  ): Promise<PageOf<StoredResource>>;
  /** What the references lead to, and what is followed from there; one round trip. */
  include(inclusion: Inclusion, within: Reach): Promise<readonly StoredResource[]>;
};

export type ResourceWrite = {
  readonly type: string;
  readonly id: string;
  readonly fhirVersion: FhirVersion;
  readonly patient: string | undefined;
  readonly status: string | undefined;
  readonly index: SearchIndex;
  /** The body as it was submitted, letter by letter. */
  readonly text: string;
  readonly at: Instant;
  readonly filedBy: string;
};

export type PutWrite = ResourceWrite & {
  /** Where the same is stored in another FHIR version, that one is right. */
  readonly isVersionGuessed?: boolean;
};

type Removal = Pick<ResourceWrite, 'type' | 'id' | 'at' | 'filedBy'>;

/** Whose resources a caller may touch; part of every query, so that what is outside was never found. */
export type Reach = {
  /** Logical ids; absent means all, and what is about no patient besides. */
  readonly patients?: readonly string[];
  /** `Organization/h`, whose patients these are (`Patient.managingOrganization`); counts where no patients are listed. */
  readonly organizations?: readonly string[];
};
export const everything: Reach = {};

export type HistoryQuery = {
  readonly type: string;
  /** Of one resource; absent means of all of the type. */
  readonly id?: string;
  /** Instead of newest first. */
  readonly oldestFirst?: boolean;
  /** When the versions were stored. */
  readonly stored?: readonly DateTest[];
  /** Only versions that were current at some time in this range. */
  readonly current?: { readonly start: Instant; readonly end: Instant };
};

export type Inclusion = {
  /** `Type/id`, found whether or not something below leads to them. */
  readonly references: readonly string[];
  /** From what is included on to what it refers to by these parameters, again and again (`:iterate`). */
  readonly follow: readonly Follow[];
  /** Types that may be shown: whatever patient they are about, and only within the reach. */
  readonly types: { readonly open: readonly string[]; readonly withinReach: readonly string[] };
  readonly atMost: number;
};
export type Follow = { readonly type: string; readonly parameter: string; readonly target?: string };
