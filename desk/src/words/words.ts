/**
 * The words of the language that was chosen. Those of the first screen in English are always there. The others
 * come when they are wanted.
 */
import { preferencesNow, prefer, usePreferences, type Language } from '../shown/preferences.ts';
import type { MoreWords } from './en-more.ts';
import { en, type Words } from './en.ts';

export type AllWords = Words & MoreWords;

const come: Partial<Record<Language, Words>> = { en };
const allCome: Partial<Record<Language, AllWords>> = {};

/** What each language calls itself. */
export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文' };

/** Fetches the words of the first screen, once. Where they can't be had, English stays. */
export async function fetchWords(language: Language): Promise<void> {
  if (come[language] !== undefined) return;
  try {
    const { zhCN } = await import('./zh-CN.ts');
    come['zh-CN'] = zhCN;
  } catch {
    // The server is away for the moment.
  }
}

const moreOf: Readonly<Record<Language, () => Promise<MoreWords>>> = {
  en: () => import('./en-more.ts').then(({ moreEn }) => moreEn),
  'zh-CN': () => import('./zh-CN-more.ts').then(({ moreZhCN }) => moreZhCN),
};

/** Fetches the words of the other screens, once. Throws where they can't be had. */
export async function fetchAllWords(language = preferencesNow().language): Promise<void> {
  if (allCome[language] !== undefined) return;
  const [more] = await Promise.all([moreOf[language](), fetchWords(language)]);
  allCome[language] = { ...(come[language] ?? en), ...more };
}

/** Changes the language, once its words are there. */
export async function chooseLanguage(language: Language): Promise<void> {
  try {
    await fetchAllWords(language);
    prefer({ language });
  } catch {
    // The server is away for the moment: the old language stays.
  }
}

/** The words of the first screen. */
export const useWords = (): Words => come[usePreferences().language] ?? en;

/** The words of all screens, for parts of the desk that come `later`. */
export function useAllWords(): AllWords {
  const all = allCome[usePreferences().language];
  if (all === undefined) throw new Error('the words of this screen have not come');
  return all;
}
