// The floors of src/ as data: which room may import which, and who may use which library. architecture.test.ts reads
// every import under src/ and holds it against these tables; change a row here together with the room's README.

/** A folder of src/ that has rules of its own. A folder inside it obeys the same ones. */
export type Room = {
  readonly name: string;
  /** Rooms it may import anything from, beside itself. */
  readonly imports: readonly string[];
  /** Rooms of which it may import types only: the interfaces it implements. */
  readonly importsTypes?: readonly string[];
};

const facts = ['base', 'fhir'];
const meaning = [...facts, 'consent', 'labeling'];
const deciding = [...meaning, 'decision'];
const pure = [...deciding, 'enforcement', 'audit'];
const upToAccess = [...pure, 'access'];

const authorizationServer = 'protocols/authorization-server';
const protocols = [
  authorizationServer,
  'protocols/uma',
  'protocols/cascade',
  'protocols/b2b',
  'protocols/authzen',
  'protocols/cds-hooks',
  'protocols/decisions',
  'protocols/fhir-api',
  'protocols/signals',
];
const belowHttp = [...upToAccess, ...protocols, 'pages'];

// Their interfaces are declared by the domain and the protocols; of those they see the types and no code.
const declared = [...upToAccess, ...protocols].filter((name) => !facts.includes(name));

export const rooms: readonly Room[] = [
  { name: 'base', imports: [] },
  { name: 'fhir', imports: ['base'] },
  { name: 'consent', imports: facts },
  { name: 'labeling', imports: facts },
  { name: 'decision', imports: meaning },
  { name: 'enforcement', imports: deciding },
  { name: 'audit', imports: deciding },
  { name: 'access', imports: pure },
  { name: authorizationServer, imports: upToAccess },
  { name: 'protocols/uma', imports: [...upToAccess, authorizationServer] },
  { name: 'protocols/b2b', imports: [...upToAccess, authorizationServer] },
  { name: 'protocols/cascade', imports: [...upToAccess, authorizationServer, 'protocols/uma'] },
  { name: 'protocols/authzen', imports: upToAccess },
  { name: 'protocols/cds-hooks', imports: upToAccess },
  { name: 'protocols/decisions', imports: upToAccess },
  { name: 'protocols/fhir-api', imports: upToAccess },
  { name: 'protocols/signals', imports: upToAccess },
  { name: 'pages', imports: upToAccess, importsTypes: protocols },
  { name: 'http', imports: belowHttp },
  { name: 'storage', imports: facts, importsTypes: declared },
  { name: 'outbound', imports: facts, importsTypes: declared },
  { name: 'sdk', imports: ['base'] },
  { name: 'runtime', imports: [...belowHttp, 'http', 'storage', 'outbound', 'sdk'] },
];

/** Who may import a library. A library without a row may be imported anywhere, if package.json names it. */
export type LibraryRule = {
  readonly library: string;
  /** Matches what is written in the import. */
  readonly specifier: RegExp;
  /** Matches the path, seen from src/, of the files that may import it. */
  readonly files: RegExp;
};

export const libraryRules: readonly LibraryRule[] = [
  { library: '@hono/node-server', specifier: /^@hono\/node-server(\/|$)/, files: /^runtime\// },
  {
    library: 'hono',
    specifier: /^(hono|@hono\/(?!node-server)[^/]+)(\/|$)/,
    files: /^(http|pages|protocols\/[^/]+\/routes\.ts$)/,
  },
  {
    library: "drizzle-orm's migrator",
    specifier: /^drizzle-orm\/.*\bmigrator$/,
    files: /^(storage|runtime)\//,
  },
  { library: 'drizzle-orm', specifier: /^drizzle-orm(\/(?!.*\bmigrator$)|$)/, files: /^storage\// },
  { library: 'postgres', specifier: /^postgres(\/|$)/, files: /^(storage|runtime)\// },
  { library: 'node:process', specifier: /^node:process$/, files: /^runtime\// },
  { library: 'node:*', specifier: /^node:/, files: /^(runtime|outbound)\// },
  { library: 'cloudflare:*', specifier: /^cloudflare:/, files: /^runtime\// },
];
