/** The words of the language that was chosen. English is always there; the others come when they are wanted. */
import { prefer, usePreferences, type Language } from '../shown/preferences.ts';
import { en, type Words } from './en.ts';

const come: Partial<Record<Language, Words>> = { en };

/** What each language calls itself. */
export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文' };

/** Fetches the words of a language, once. Where they can't be had, English stays. */
export async function fetchWords(language: Language): Promise<void> {
  if (come[language] !== undefined) return;
  try {
    const { zhCN } = await import('./zh-CN.ts');
    come['zh-CN'] = zhCN;
  } catch {
    // The server is away for the moment.
  }
}

/** Changes the language, once its words are there. */
export async function chooseLanguage(language: Language): Promise<void> {
  await fetchWords(language);
  prefer({ language });
}

export const useWords = (): Words => come[usePreferences().language] ?? en;
