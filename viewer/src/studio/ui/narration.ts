/** A recording of a stop in one language: dropped, chosen, or spoken here and now. */
import { html, nothing } from 'lit';
import { clock } from '../../core/format.ts';
import { languageName } from '../../core/i18n.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { type Stop, stopOf } from '../core/tour.ts';
import { wavOf } from '../core/wav.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { studioIcon } from './icons.ts';
import { button } from './parts.ts';

const AUDIO = '.mp3,.m4a,.ogg,.opus,.wav';
/** What a build reads, in the order of preference, with its ending. */
const KINDS = [
  ['audio/ogg;codecs=opus', 'ogg'],
  ['audio/mp4;codecs=mp4a.40.2', 'm4a'],
] as const;
const VOICE_HZ = 24_000; // a voice has little above half of it

/** The recording under way, if any. */
let recording: {
  recorder: MediaRecorder;
  stop: string;
  language: string;
  since: number;
} | null = null;

export function narration(studio: Studio, editing: Editing, stop: Stop, language: string): Part {
  const { t } = studio.state;
  const path = stop.narration?.[language];
  const seconds = path ? editing.seconds.get(path) : undefined;
  const here = recording?.stop === stop.id && recording.language === language ? recording : null;
  return html`<div
    class="drop"
    @dragover=${(event: DragEvent) => event.preventDefault()}
    @drop=${(event: DragEvent) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) void studio.hold(put(studio, editing, stop.id, language, file));
    }}
  >
    ${
      path
        ? html`<audio controls preload="none" src=${`./files/${path}`} aria-label=${t('voice.of', { language: languageName(language) })}></audio>
            <p class="quiet">${path}${seconds && Number.isFinite(seconds) ? ` · ${clock(seconds)}` : ''}</p>`
        : html`<p class="quiet">${t('voice.none')}</p>`
    }
    <div class="buttons">
      <label class="button file"
        >${studioIcon('upload')}<span>${t('voice.choose')}</span>
        <input
          type="file"
          accept=${AUDIO}
          class="visually-hidden"
          @change=${(event: Event) => {
            const file = (event.target as HTMLInputElement).files?.[0];
            if (file) void studio.hold(put(studio, editing, stop.id, language, file));
          }}
      /></label>
      ${
        here
          ? button({
              kind: 'danger',
              icon: studioIcon('stop'),
              text: t('voice.stop', { time: clock((performance.now() - here.since) / 1000) }),
              press: () => here.recorder.stop(),
            })
          : button({
              icon: studioIcon('mic'),
              text: t('voice.record'),
              disabled: recording !== null,
              press: () => void studio.hold(record(studio, editing, stop.id, language)),
            })
      }
      ${path ? button({ text: t('voice.remove'), icon: icon('trash'), press: () => set(studio, editing, stop.id, language, null) }) : nothing}
    </div>
  </div>`;
}

function set(studio: Studio, editing: Editing, id: string, language: string, path: string | null): void {
  const stop = stopOf(editing.now, id);
  if (!stop) return;
  const { [language]: _before, ...rest } = stop.narration ?? {};
  const next = path ? { ...rest, [language]: path } : rest;
  const captions = Object.fromEntries(Object.entries(stop.captions ?? {}).filter(([l]) => l !== language));
  editing.set(
    id,
    {
      narration: Object.keys(next).length > 0 ? next : undefined,
      // Captions belong to what was said.
      captions: Object.keys(captions).length > 0 ? captions : undefined,
    },
    studio.state.t('voice'),
  );
}

async function put(
  studio: Studio,
  editing: Editing,
  id: string,
  language: string,
  file: File,
): Promise<void> {
  const path = await studio.send(file);
  if (!path) return;
  if (stopOf(editing.now, id)) set(studio, editing, id, language, path);
  else studio.set({ notice: studio.state.t('voice.stray', { path }) });
}

/** The recording as a file that a build can read; what the browser records otherwise is written anew as WAV. */
async function finished(parts: Blob[], ending: string | null, name: string): Promise<File> {
  if (ending) return new File(parts, `${name}.${ending}`);
  const context = new OfflineAudioContext(1, 1, VOICE_HZ);
  const sound = await context.decodeAudioData(await new Blob(parts).arrayBuffer());
  return new File([wavOf(sound.getChannelData(0), VOICE_HZ)], `${name}.wav`);
}

/** Record until the person ends it; null where the microphone is refused, which is said. */
async function recorded(
  studio: Studio,
  editing: Editing,
  stop: string,
  language: string,
): Promise<File | null> {
  const { t } = studio.state;
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    studio.set({ notice: t('voice.denied') });
    return null;
  }
  const type = KINDS.find(([kind]) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, type ? { mimeType: type[0] } : {});
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', (event) => parts.push(event.data));
  const ended = new Promise((done) => recorder.addEventListener('stop', done));
  const timer = window.setInterval(() => {
    // A microphone that nobody could turn off: the tour has left the desk, or the stop is gone.
    if (studio.state.editing !== editing || !stopOf(editing.now, stop)) recorder.stop();
    else studio.onState();
  }, 500);
  recording = { recorder, stop, language, since: performance.now() };
  recorder.start();
  studio.onState();
  await ended;
  clearInterval(timer);
  for (const track of stream.getTracks()) track.stop();
  recording = null;
  studio.onState();
  try {
    return await finished(parts, type?.[1] ?? null, `${editing.id}-${stop}.${language}`);
  } catch {
    studio.set({ notice: t('failed') }); // nothing was recorded that can be decoded
    return null;
  }
}

async function record(studio: Studio, editing: Editing, id: string, language: string): Promise<void> {
  const file = await recorded(studio, editing, id, language);
  if (file) await put(studio, editing, id, language, file);
}
