/** How whoever is signed in leaves; null: there is nothing to leave. */
import { createContext } from 'react';

export const SignOutBy = createContext<(() => void) | null>(null);
