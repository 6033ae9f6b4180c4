/** The studio opens: its words, then who is there. */
import '../ui/theme.css';
import './desk.css';
import './stage.css';
import './forms.css';
import './lists.css';
import './narrow.css';
import './records.css';
import { uiLanguage } from '../core/i18n.ts';
import { Studio } from './studio.ts';
import { StudioPage } from './ui/page.ts';
import { wordsIn } from './words.ts';

async function begin(): Promise<void> {
  const page = document.querySelector('heritage-studio');
  if (!(page instanceof StudioPage)) return;
  const language = uiLanguage(new URLSearchParams(location.search).get('lang') ?? navigator.language);
  const studio = new Studio(await wordsIn(language), language);
  page.connect(studio);
  await studio.entrance.start();
}

void begin();
