/** Parts of the desk that are no part of the first screen. */
import { lazy, type ComponentType } from 'react';
import { fetchAllWords } from '../words/words.ts';

/** A part that is loaded when it is first shown, with the words of all screens. */
export const later = <Props>(load: () => Promise<ComponentType<Props>>) =>
  lazy(async () => {
    const [part] = await Promise.all([load(), fetchAllWords()]);
    return { default: part };
  });
