import { describe, expect, it } from 'vitest';
import { registerResource, requestTicket } from '../../src/sdk/index.ts';
import { connected, fakeAuthority, says } from './fake-authority.ts';

const authority = fakeAuthority();
const wanted = [{ resourceId: 'rsrc-7f3a', scopes: ['patient/Observation.rs'] }];

describe('registering a resource (UMA Federated Authorization §3.2.1)', () => {
  it('sends the description with its owner under our PAT and returns the handle', async () => {
    const upstream = await connected(authority);
    const description = {
      owner: 'Patient/ann',
      scopes: ['patient/Observation.rs'],
      type: 'http://hl7.org/fhir/Observation',
    };
    const registered = await registerResource(upstream, description);
    expect(registered).toEqual({
      ok: true,
      value: { id: 'rsrc-7f3a', policyUri: `${authority.issuer}/policy` },
    });
    const [asked] = authority.to('/uma/resources');
    expect(asked?.authorization).toBe('Bearer pat-1');
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      resource_scopes: ['patient/Observation.rs'],
      resource_owner: 'Patient/ann',
      type: 'http://hl7.org/fhir/Observation',
    });
  });

  it('says so when the authority does not allow it', async () => {
    authority.on('/uma/resources', says(403, { error: 'insufficient_scope' }));
    const registered = await registerResource(await connected(authority), {
      owner: 'Patient/bob',
      scopes: [],
    });
    expect(registered).toMatchObject({
      failure: { reason: 'authority-refused', status: 403, error: 'insufficient_scope' },
    });
  });

  it('takes no registration without a handle', async () => {
    authority.on('/uma/resources', says(201, { _id: 7 }));
    const registered = await registerResource(await connected(authority), {
      owner: 'Patient/ann',
      scopes: [],
    });
    expect(registered).toMatchObject({ failure: { reason: 'authority-unreadable' } });
  });
});

describe('requesting a ticket (UMA Federated Authorization §4)', () => {
  it('sends the permissions as an array and returns the ticket', async () => {
    const upstream = await connected(authority);
    expect(await requestTicket(upstream, wanted)).toEqual({ ok: true, value: 'tU1' });
    expect(JSON.parse(authority.to('/uma/permission')[0]?.body ?? '')).toEqual([
      { resource_id: 'rsrc-7f3a', resource_scopes: ['patient/Observation.rs'] },
    ]);
  });

  it('replaces a PAT that was revoked meanwhile, once', async () => {
    const upstream = await connected(authority);
    await requestTicket(upstream, wanted);
    authority.on(
      '/oauth/token',
      says(200, { access_token: 'pat-2', token_type: 'Bearer', expires_in: 3600 }),
    );
    authority.on('/uma/permission', (response, asked) => {
      const isNew = asked.authorization === 'Bearer pat-2';
      const say = isNew ? says(201, { ticket: 'tU2' }) : says(401, { error: 'invalid_token' });
      say(response, asked);
    });
    expect(await requestTicket(upstream, wanted)).toEqual({ ok: true, value: 'tU2' });
    authority.on('/uma/permission', says(401, { error: 'invalid_token' }));
    const before = authority.to('/uma/permission').length;
    expect(await requestTicket(upstream, wanted)).toMatchObject({
      failure: { reason: 'authority-refused', status: 401 },
    });
    expect(authority.to('/uma/permission').length - before).toBe(2);
  });

  it('takes no answer without a ticket', async () => {
    authority.on('/uma/permission', says(201, {}));
    const ticket = await requestTicket(await connected(authority), wanted);
    expect(ticket).toMatchObject({ failure: { reason: 'authority-unreadable' } });
  });
});
