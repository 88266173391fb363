/** Promise: what came is shown in a message as far as it can hold no secret. */
import { expect, test } from 'vitest';
import { shown } from '../../src/config/shown.ts';

test.each([
  ['gateway', '"gateway"'],
  ['https://gateway.example/api/', '"https://gateway.example/api/"'],
  ['ftp://svc:HUNTER2@gateway.example', '"ftp://…@gateway.example"'],
  ['https://HUNTER2@gateway.example:8443/api', '"https://…@gateway.example:8443/api"'],
  ['https://gateway.example/?token=HUNTER2', '"https://gateway.example?…"'],
  ['https://gateway.example/x#HUNTER2', '"https://gateway.example/x#…"'],
  [70_000, '70000'],
  [null, 'null'],
  [['10.0.0.1', 'svc:HUNTER2@gateway'], '["10.0.0.1", a value that is not shown]'],
  [{ secret: 'HUNTER2' }, 'an object'],
])('%j is shown as %s', (value, text) => {
  expect(shown(value)).toBe(text);
});

test.each([
  'svc:HUNTER2@gateway.example',
  'https://svc:12/HUNTER2@gateway.example',
  'https://svc:HUN/TER2@gateway.example',
  '//svc:HUNTER2@gateway.example',
  'gateway.example?token=HUNTER2',
  'mailto:HUNTER2@gateway.example',
  '-----BEGIN PRIVATE KEY-----',
  'a'.repeat(201),
])('%s is not shown', (value) => {
  expect(shown(value)).toBe('a value that is not shown');
});
