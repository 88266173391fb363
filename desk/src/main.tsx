/** The refund desk, in the browser. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Desk } from './app/desk.tsx';
import { startPreferences } from './shown/preferences.ts';
import { fetchWords } from './words/words.ts';
import './look/look.css';

await fetchWords(startPreferences().language);
const place = document.querySelector('#desk');
if (place === null) throw new Error('the page has no place for the desk');
createRoot(place).render(
  <StrictMode>
    <Desk />
  </StrictMode>,
);
