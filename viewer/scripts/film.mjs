// A film of what a page shows, made by a browser of its own, so that the page filmed has its time for itself.
import { launch } from './browser.mjs';

const LONGEST_PX = 800;

/** In the page that films: what a screencast sends is drawn, and what is drawn is recorded. */
function film(size) {
  const canvas = Object.assign(document.createElement('canvas'), size);
  document.body.append(canvas);
  const context = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(10), {
    mimeType: 'video/webm;codecs=vp8',
    videoBitsPerSecond: 900_000,
  });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start(1000);
  window.show = async (jpeg) => {
    const bytes = Uint8Array.from(atob(jpeg), (c) => c.charCodeAt(0));
    context.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0, canvas.width, canvas.height);
  };
  window.finish = async () => {
    await new Promise((done) => {
      recorder.onstop = done;
      recorder.stop();
    });
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    let text = '';
    for (let k = 0; k < bytes.length; k += 32_768)
      text += String.fromCharCode(...bytes.subarray(k, k + 32_768));
    return btoa(text);
  };
}

/** Begin to film a page; what is returned ends it and gives the .webm's bytes. */
export async function filmed(page, longest = LONGEST_PX) {
  const browser = await launch(['--autoplay-policy=no-user-gesture-required']);
  const camera = await browser.newPage();
  const { width, height } = page.viewportSize();
  const scale = Math.min(1, longest / Math.max(width, height));
  await camera.evaluate(film, { width: Math.round(width * scale), height: Math.round(height * scale) });
  const line = await page.context().newCDPSession(page);
  line.on('Page.screencastFrame', ({ data, sessionId }) => {
    line.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
    camera.evaluate((jpeg) => window.show(jpeg), data).catch(() => {});
  });
  await line.send('Page.startScreencast', {
    format: 'jpeg',
    quality: 70,
    maxWidth: longest,
    maxHeight: longest,
    everyNthFrame: 2,
  });
  return async () => {
    await line.send('Page.stopScreencast');
    const bytes = Buffer.from(await camera.evaluate(() => window.finish()), 'base64');
    await browser.close();
    return bytes;
  };
}
