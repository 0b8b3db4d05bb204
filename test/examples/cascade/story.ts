// The whole cascade, end to end, as ten steps over real HTTP between separate processes. Told by demo.ts on the
// terminal, and run as a test by ../cascade.test.ts.

import { auditShowsAll } from './steps/audit-shows-all.ts';
import { clinicianIsReferred } from './steps/clinician-is-referred.ts';
import { exchangeGetsB2b } from './steps/exchange-gets-b2b.ts';
import { headwaterApproves } from './steps/headwater-approves.ts';
import { hospitalRegistersRecord } from './steps/hospital-registers-record.ts';
import { patientFilesConsents } from './steps/patient-files-consents.ts';
import { patientRevokes } from './steps/patient-revokes.ts';
import { backChannelAgrees, recordIsRead } from './steps/record-is-read.ts';
import { researchIsDenied } from './steps/research-is-denied.ts';
import type { Step } from './steps/step.ts';

/** Each builds on those before it. */
export const story: readonly Step[] = [
  patientFilesConsents,
  hospitalRegistersRecord,
  clinicianIsReferred,
  headwaterApproves,
  recordIsRead,
  backChannelAgrees,
  exchangeGetsB2b,
  researchIsDenied,
  patientRevokes,
  auditShowsAll,
];
