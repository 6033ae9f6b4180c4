/** Build with the corrections, follow it, and what came of it: points by label, before and after. */
import { html, nothing } from 'lit';
import labelTable from '../../../../assets/colours/labels.json';
import type { Part } from '../../ui/parts.ts';
import type { Studio } from '../studio.ts';
import { studioIcon } from '../ui/icons.ts';
import { button, section } from '../ui/parts.ts';
import type { Cleaning } from './desk.ts';

export function result(studio: Studio, desk: Cleaning): Part {
  const { t } = studio.state;
  const { made, building } = desk;
  const { build } = building;
  const running = build?.status === 'running';
  const waiting = desk.unbuilt.length + desk.gone.length;
  return html`${section(
    t('cleaning.result'),
    html`${
      running
        ? button({ kind: 'danger', text: t('build.cancel'), press: () => void building.cancel() })
        : button({
            kind: 'main',
            icon: studioIcon('release'),
            text: t('cleaning.build'),
            disabled: !made || desk.saver.dirty || !mayBuild(studio),
            press: () =>
              void desk.start(
                (asked) => studio.tried(asked),
                (release) => studio.staging.look(release),
              ),
          })
    }
    <p class="quiet">${waiting > 0 ? t('cleaning.waiting', { n: waiting }) : t('cleaning.built')}</p>
    ${
      build
        ? html`<div class="build" role="status">
            <p><strong>${t(`build.${build.status}`)}</strong> ${build.stage ?? ''}</p>
            ${running && build.total > 0 ? html`<progress max=${build.total} value=${build.done} aria-label=${t('build.running')}></progress>` : nothing}
            ${build.message ? html`<pre>${build.message}</pre>` : nothing}
            ${build.status === 'done' && desk.before ? html`<p>${t('cleaning.review')}</p>` : nothing}
          </div>`
        : nothing
    }
    ${made ? counts(studio, desk) : nothing}`,
  )}`;
}

const mayBuild = ({ state }: Studio): boolean =>
  state.me?.roles.some((role) => role !== 'translator') ?? false;

function counts(studio: Studio, { made, before }: Cleaning): Part {
  const { t, language } = studio.state;
  const number = new Intl.NumberFormat(language);
  const signed = new Intl.NumberFormat(language, { signDisplay: 'exceptZero' });
  const from = before?.labels ?? made!.before;
  const rows = labelTable.labels.filter(
    ({ reason }) => (from[reason] ?? 0) + (made!.labels[reason] ?? 0) > 0,
  );
  return html`<table class="cleaning-counts">
    <thead>
      <tr>
        <th scope="col">${t('cleaning.label')}</th>
        <th scope="col">${t(before ? 'cleaning.then' : 'cleaning.machine')}</th>
        <th scope="col">${t('cleaning.now')}</th>
        <th scope="col">${t('cleaning.difference')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(({ reason }) => {
        const [a, b] = [from[reason] ?? 0, made!.labels[reason] ?? 0];
        return html`<tr>
          <th scope="row">${t(`cleaning.label.${reason}`)}</th>
          <td>${number.format(a)}</td>
          <td>${number.format(b)}</td>
          <td>${signed.format(b - a)}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}
