/** The settings of the refund desk. */
import { z } from 'zod';
import { hasNoCredentials, httpUrl } from './doors.ts';
import type { SettingProblem } from './problem.ts';

/** Its variables. */
export const deskVariables = {
  DESK: z.enum(['on', 'off'], { error: 'expected one of on, off' }).default('on'),
  DESK_AUTHORITY: httpUrl
    .refine((text) => !/[?#]/.test(text), 'expected an http or https address without query or fragment')
    .optional(),
  DESK_CLIENT_ID: z.string().optional(),
  DESK_SCOPES: z.string().default('openid refunds:read refunds:write refunds:operate refunds:raw'),
  DESK_RESOURCE: z
    .url({ error: 'expected an address', abort: true })
    .refine(hasNoCredentials, 'expected an address without credentials')
    .optional(),
};

const variables = z.object(deskVariables);

/** Whether there is a desk, and where its people log in. */
export function deskOf(values: z.infer<typeof variables>) {
  const { DESK_AUTHORITY: authority, DESK_CLIENT_ID: clientId } = values;
  const login =
    authority === undefined || clientId === undefined
      ? null
      : { authority, clientId, scopes: values.DESK_SCOPES, resource: values.DESK_RESOURCE ?? null };
  return { enabled: values.DESK === 'on', login };
}

/** An authority needs a client, and the other way round. */
export function deskProblems(given: Readonly<Record<string, string | undefined>>): readonly SettingProblem[] {
  const [authority, client] = [given['DESK_AUTHORITY'], given['DESK_CLIENT_ID']];
  if ((authority === undefined) === (client === undefined)) return [];
  return authority === undefined
    ? [{ setting: 'DESK_AUTHORITY', problem: 'expected with DESK_CLIENT_ID, got nothing' }]
    : [{ setting: 'DESK_CLIENT_ID', problem: 'expected with DESK_AUTHORITY, got nothing' }];
}
