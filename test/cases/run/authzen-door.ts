/** The AuthZEN door: a batch of one evaluation for each candidate and one in general, whose residual must say the same. */
import { parseInstant } from '../../../src/base/instant.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { codeSystems } from '../../../src/fhir/coding.ts';
import { obligationWords, refrainWords } from '../../../src/labeling/display-words.ts';
import { type Answer, type Door, nameOf, type Reply } from './answer.ts';
import type { DecisionCase } from './case-format.ts';
import { isShown } from './residual-ast.ts';
import { issuer, type Stage } from './stage.ts';

export const authzenDoor: Door = {
  name: 'authzen',
  needsService: true,
  ask: async (given, stage): Promise<Reply> => {
    const lacks = lackedByAuthzen(given);
    if (lacks !== undefined) return { lacks };
    const generals = generalResources(given);
    const asked = candidatesAsked(given);
    const answers = await evaluated(given, stage, [
      ...generals,
      ...asked.map((each) => inlineResource(given, each)),
    ]);
    const inGeneral = answers.slice(0, generals.length);
    const ofEach = asked.map((candidate, at) => ({ candidate, answer: answers[generals.length + at] }));
    for (const { candidate, answer } of ofEach)
      agree(candidate, answer, inGeneral[generals.findIndex(({ type }) => isOf(type, candidate))]);
    return answerOf(
      inGeneral,
      ofEach.flatMap(({ candidate, answer }) => (answer?.decision ? [nameOf(candidate)] : [])),
      answers,
    );
  },
};

type Candidate = NonNullable<DecisionCase['candidates']>[number];
type Decision = {
  readonly decision: boolean;
  readonly context: {
    readonly error?: JsonObject;
    readonly valid_until?: string;
    readonly obligations?: readonly { readonly id: string; readonly properties: JsonObject }[];
  };
};

/** What `README.md` lists. */
function lackedByAuthzen({ request, candidates = [] }: DecisionCase): string | undefined {
  const { reference, identifiers, clientId } = request.requester;
  if (reference === undefined && !identifiers?.length && clientId === undefined)
    return 'a requester without a name';
  if (request.resourceTypes?.length === 0) return 'an empty list of types';
  if (request.resourceTypes?.includes('Patient')) return 'Patient as a type';
  return candidates.some(({ id }) => typeof id !== 'string') ? 'a candidate without id' : undefined;
}

const isOf = (type: string, { resourceType }: Candidate): boolean =>
  type === 'Patient' || type === resourceType;

/** Whoever was asked for some types asks for none but those. */
const candidatesAsked = ({ request, candidates = [] }: DecisionCase): readonly Candidate[] =>
  candidates.filter(({ resourceType }) => request.resourceTypes?.includes(resourceType) ?? true);

/** `Patient` is the whole record. */
const generalResources = ({ request: { patient, resourceTypes = ['Patient'] } }: DecisionCase) =>
  resourceTypes.map((type) => ({ type, id: '*', properties: { patient } }));

const inlineResource = ({ request: { patient } }: DecisionCase, resource: Candidate) => ({
  type: resource.resourceType,
  id: String(resource['id']),
  properties: { patient, resource },
});

async function evaluated(
  { request }: DecisionCase,
  stage: Stage,
  resources: readonly object[],
): Promise<readonly Decision[]> {
  const { token } = await stage.server();
  const { action: name = 'access', purposes, breakGlass } = request;
  const { status, body } = await stage.send('/access/v1/evaluations', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      subject: subjectOf(request.requester),
      action: { name },
      context: {
        purpose_of_use: purposes,
        supported_obligations: everyObligation,
        ...(breakGlass ? { break_glass: breakGlass } : {}),
      },
      evaluations: resources.map((resource) => ({ resource })),
    }),
  });
  const answers = (body as { readonly evaluations?: readonly Decision[] }).evaluations ?? [];
  if (status !== 200 || answers.length !== resources.length || answers.some(({ context }) => context.error))
    throw new Error(`${status} ${JSON.stringify(body)}`);
  return answers;
}

const everyObligation: readonly string[] = [
  `${issuer}/obl/residual`,
  ...Object.keys({ ...obligationWords, ...refrainWords }).map((code) => `${codeSystems.actCode}#${code}`),
];

function subjectOf(requester: DecisionCase['request']['requester']) {
  const { type, reference, identifiers = [], organization, roles, clientId } = requester;
  const [first] = identifiers;
  const identifier = first && `${first.system ?? ''}|${first.value}`;
  return {
    type,
    id: reference ?? identifier ?? clientId,
    properties: {
      identifiers,
      ...(organization === undefined ? {} : { organization_id: organization }),
      ...(roles ? { role: roles } : {}),
      ...(clientId === undefined ? {} : { client_id: clientId }),
    },
  };
}

/** INVARIANT: what remains to be checked, once checked, says what was said of the resource itself (authzen.md §8.4). */
function agree(candidate: Candidate, answer: Decision | undefined, general: Decision | undefined): void {
  const residual = general?.context.obligations?.find(({ id }) => id === 'residual');
  const ast = residual?.properties['residual_ast'] as JsonObject | undefined;
  const shows = general?.decision === true && (!ast || isShown(ast, candidate as JsonObject));
  if (shows === answer?.decision) return;
  throw new Error(
    `${nameOf(candidate)} is ${answer?.decision ? 'permitted' : 'refused'}, and the residual ${shows ? 'shows' : 'hides'} it`,
  );
}

function answerOf(
  inGeneral: readonly Decision[],
  visible: readonly string[],
  answers: readonly Decision[],
): Answer {
  const permits = answers.filter(({ decision }) => decision);
  const codes = permits.flatMap(({ context }) => context.obligations ?? []).map(({ id }) => id);
  const ends = permits.flatMap(({ context }) => parseInstant(context.valid_until ?? '') ?? []);
  return {
    outcome: visible.length > 0 || inGeneral.some(({ decision }) => decision) ? 'permit' : 'deny',
    visible,
    obligations: [...new Set(codes)],
    // A refusal has no bound to tell by.
    ...(permits.length === 0 ? {} : { notAfter: ends.length === 0 ? 'none' : Math.min(...ends) }),
  };
}
