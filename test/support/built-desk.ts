/** Builds the desk once before the first test: files that run side by side would build it at once. */
import { buildDesk } from './browser.ts';

export const setup = (): void => buildDesk();
