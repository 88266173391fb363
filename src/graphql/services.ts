/** What resolvers call: the verbs of `services/`, and the feed beside them. */
import type { Feed } from '../feed/feed.ts';
import type { openServices } from '../services/services.ts';

export type Services = ReturnType<typeof openServices>['verbs'] & {
  /** Which server this is, and whether it is the sandbox that moves no money. */
  readonly server: { readonly version: string; readonly simulated: boolean };
  readonly feed: Pick<Feed, 'cursors' | 'end' | 'page' | 'last' | 'follow' | 'sit' | 'mostWaiting'>;
};
