/** What several doors share: stores, keys, the one question, and who is admitted. */
import { createDecideAccess, createDecisionCache } from '../../access/decide-access.ts';
import { readDirectory } from '../../access/directory.ts';
import { createExplainAccess } from '../../access/explain-access.ts';
import { findByIdentifier, findPatient } from '../../access/find-on-file.ts';
import { accessSettings } from '../../access/settings.ts';
import { err } from '../../base/result.ts';
import type { FetchJson } from '../../protocols/authorization-server/fetch-json.ts';
import { createKeyRing } from '../../protocols/authorization-server/key-ring.ts';
import { createKeySetOf } from '../../protocols/authorization-server/key-set.ts';
import { createKeySetCache, createKeysOf } from '../../protocols/authorization-server/keys-of.ts';
import { createRecognizeToken } from '../../protocols/authorization-server/recognize-token.ts';
import { requireScope } from '../../protocols/authorization-server/require-scope.ts';
import { ownFhirBases } from '../../protocols/fhir-api/base.ts';
import { transact } from '../../storage/transact.ts';
import type { Parts } from './parts.ts';
import { storesOver } from './stores.ts';

export type Shared = ReturnType<typeof sharedBy>;

export function sharedBy(parts: Parts) {
  const { database, issuer, random } = parts;
  const stores = storesOver(database, random);
  const keys = createKeyRing({ signingKeys: stores.signingKeys, keySecret: parts.keySecret });
  const settings = accessSettings(parts.settings, ownFhirBases(issuer));
  const cache = parts.decisionCache ?? createDecisionCache();
  const deciding = { evidence: stores.evidence, settings, random, log: parts.log, cache };
  const recognize = createRecognizeToken({ issuer, keys });
  const find = findPatient(stores.resources);
  return {
    ...stores,
    issuer,
    bases: ownFhirBases(issuer),
    random,
    keys,
    keysOf: createKeysOf({
      fetchJson: parts.fetchJson ?? nobodyAsked,
      cache: parts.keySetCache ?? createKeySetCache(),
      log: parts.log,
    }),
    keySetOf: createKeySetOf(),
    decide: createDecideAccess(deciding),
    explain: createExplainAccess(deciding),
    settings,
    transact: transact(database, (transaction) => storesOver(transaction, random)),
    directory: readDirectory(stores.evidence),
    findPatient: find,
    findByIdentifier: findByIdentifier(stores.resources),
    recognize,
    pairwiseSecret: parts.keySecret,
    requireScope: requireScope({ issuer, recognize, tokens: stores.tokens, findPatient: find }),
  };
}

const nobodyAsked: FetchJson = async () => err('unreachable');
