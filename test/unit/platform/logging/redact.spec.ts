import { redactSecrets } from '../../../../src/platform/logging/redact';

const hex = '0123456789abcdef'.repeat(4);

test.each([
  `zcl_live_${hex}`,
  `zc_${hex}`,
  'sk-proj-abcdefghijklmnopqrstuvwxyz',
  'sk-ant-api03-abcdefghijklmnopqrstuvwxyz',
  'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  'xoxb-1234567890-abcdef',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
])('%s does not get through', (secret) => {
  const line = redactSecrets(`{"msg":"a call with ${secret} failed"}`);
  expect(line).not.toContain(secret.slice(0, 24));
  expect(line).toContain('[REDACTED]');
});

test('a bearer header loses its token whatever it looks like', () => {
  expect(redactSecrets('Authorization: Bearer abc.def-123456')).toBe('Authorization: Bearer [REDACTED]');
});

test('ordinary text, ids and hashes stay as they are', () => {
  const line = `{"request_id":"0b9a3f0e-0e3f-4d5f-8f7a-000000000000","hash":"${hex}","msg":"the task-skeleton is asleep"}`;
  expect(redactSecrets(line)).toBe(line);
});

test('a configured secret is taken out whatever it looks like, a short one is no secret', () => {
  expect(redactSecrets('key hunter2hunter2 and pin 1234', ['hunter2hunter2', '1234'])).toBe(
    'key [REDACTED] and pin 1234',
  );
});
