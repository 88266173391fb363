/** Language, zone and look. */
import { deviceZone } from '../shown/time.tsx';
import { prefer, usePreferences, type Language, type Look } from '../shown/preferences.ts';
import { chooseLanguage, LANGUAGES, useAllWords } from '../words/words.ts';
import { Sheet } from './dialog.tsx';
import { SignOut } from '../login/sign-out.tsx';

const LANGUAGE_KEYS: readonly Language[] = ['en', 'zh-CN'];
const LOOKS: readonly Look[] = ['system', 'light', 'dark'];

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const words = useAllWords();
  const { language, zone, look } = usePreferences();
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];
  return (
    <Sheet title={words.nav.settings} onClose={onClose}>
      <div className="form">
        <label>
          {words.settings.language}
          <select
            value={language}
            onChange={({ target }) => void chooseLanguage(LANGUAGE_KEYS.find((key) => key === target.value) ?? 'en')}
          >
            {LANGUAGE_KEYS.map((key) => (
              <option key={key} value={key} lang={key}>
                {LANGUAGES[key]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.settings.zone}
          <select
            value={zone ?? ''}
            onChange={({ target }) => prefer({ zone: target.value === '' ? null : target.value })}
          >
            <option value="">{words.settings.zoneOfBrowser(deviceZone)}</option>
            {zones.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          {words.settings.look}
          <select
            value={look}
            onChange={({ target }) => prefer({ look: LOOKS.find((key) => key === target.value) ?? 'system' })}
          >
            {LOOKS.map((key) => (
              <option key={key} value={key}>
                {words.settings.looks[key]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="dialog-end">
        <SignOut />
        <button type="button" className="button button-main" onClick={onClose}>
          {words.keys.close}
        </button>
      </div>
    </Sheet>
  );
}
