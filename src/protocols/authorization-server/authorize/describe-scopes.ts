/** Scopes in the words of whoever is asked for them: what an app wants to do, and what for. */
import { parseSmartScope, type ScopeLetter, type SmartScope } from '../../../access/scope.ts';
import { protectionScope } from '../issue-access.ts';
import { offlineScope } from '../issue-code.ts';

/** "Read and search your consents", "so that Example can show you what you decided"; no full stop. */
export type Wish = { readonly what: string; readonly why: string };

type App = {
  readonly name: string;
  /** Whether it may go on while the patient is away. */
  readonly isLasting: boolean;
};

/** Undefined when one of them is nothing that a patient can grant: it has no words here. */
export function describeScopes(scopes: readonly string[], app: App): readonly Wish[] | undefined {
  const described = scopes
    .filter((scope) => scope !== offlineScope)
    .map((scope) => describeScope(scope, app));
  const wishes = described.filter((wish) => wish !== undefined);
  if (wishes.length < described.length) return undefined;
  const isSaid = scopes.includes(protectionScope);
  return app.isLasting && wishes.length > 0 && !isSaid ? [...wishes, whileAway] : wishes;
}

const whileAway: Wish = {
  what: 'Do this also while you are away',
  why: 'so that you need not sign in each time',
};

function describeScope(scope: string, { name, isLasting }: App): Wish | undefined {
  if (scope === protectionScope) {
    return {
      what: `Protect your records at ${name}${isLasting ? ', also while you are away' : ''}`,
      why: `so that ${name} asks here before it shows your records to anybody`,
    };
  }
  if (scope === 'decision.explain') {
    return {
      what: 'See how your consents are applied',
      why: `so that ${name} can explain to you who gets to see what`,
    };
  }
  const smart = parseSmartScope(scope);
  return smart && describeSmartScope(smart, name);
}

/** A condition is carried out nowhere here, so that to grant it would promise too much. */
function describeSmartScope({ level, type, letters, condition }: SmartScope, name: string): Wish | undefined {
  const thing = things[type];
  if (level !== 'patient' || condition !== undefined || !thing) return undefined;
  if (letters.some((letter) => !(thing.letters ?? 'cruds').includes(letter))) return undefined;
  const isReading = letters.every((letter) => letter === 'r' || letter === 's');
  const reason = isReading ? thing.toRead : (thing.toWrite ?? thing.toRead);
  return {
    what: `${capitalized(inOneBreath(letters))} ${thing.called}`,
    why: reason.replace('APP', () => name),
  };
}

type Thing = {
  readonly called: string;
  readonly toRead: string;
  readonly toWrite?: string;
  /** What can be done to it here, when not everything. */
  readonly letters?: string;
};

const directory = 'so that APP knows whom your consents name';

/** FHIR types as a patient would call what is in them. */
const things: Readonly<Record<string, Thing>> = {
  '*': {
    called: 'everything about you that is kept here',
    toRead: 'so that APP can show you what is kept here about you',
    toWrite: 'so that you can decide in APP who gets to see your data',
  },
  Consent: {
    called: 'your consents',
    toRead: 'so that APP can show you what you decided',
    toWrite: 'so that you can decide in APP who gets to see your data',
  },
  AuditEvent: {
    called: 'the record of who asked for your data',
    toRead: 'so that APP can show you who asked, and who was let in',
    letters: 'rs',
  },
  Patient: { called: 'your personal details', toRead: 'so that APP knows who you are' },
  RelatedPerson: { called: 'your relatives and representatives', toRead: directory },
  CareTeam: { called: 'your care teams', toRead: directory },
  Group: { called: 'the groups you belong to', toRead: directory },
  Device: { called: 'your devices', toRead: directory },
  Organization: { called: 'the list of organizations', toRead: directory },
  Practitioner: { called: 'the list of clinicians', toRead: directory },
  PractitionerRole: { called: 'the list of where clinicians work', toRead: directory },
};

const verbs: Readonly<Record<ScopeLetter, string>> = {
  c: 'add to',
  r: 'read',
  u: 'change',
  d: 'delete',
  s: 'search',
};

function inOneBreath(letters: readonly ScopeLetter[]): string {
  const words = letters.map((letter) => verbs[letter]);
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
