import { defineConfig, devices } from '@playwright/test';

/** HERITAGE_URL: a served site to test instead of the fixture, for instance http://127.0.0.1:8000/ */
const served = process.env.HERITAGE_URL;
const port = Number(process.env.E2E_PORT ?? 5174);
/** Pixels for each CSS pixel. Half of one: everything stands where it stands, and is drawn in software in half the time. */
const deviceScaleFactor = 0.5;

export default defineConfig({
  testDir: './tests/e2e',
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  // Chromium draws in software here, and a busy machine can be ten times slower than a quiet one.
  retries: process.env.CI ? 1 : 0,
  reporter: [['list']],
  use: {
    baseURL: served ?? `http://127.0.0.1:${port}/`,
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--mute-audio'],
    },
    locale: 'en-GB',
    trace: 'off',
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1440, height: 900 }, deviceScaleFactor } },
    {
      name: 'phone',
      // What does not depend on the screen or on how it is pressed is tried on the desktop alone.
      grepInvert: /@once/,
      use: {
        ...devices['Pixel 5'],
        viewport: { width: 390, height: 844 },
        deviceScaleFactor,
        isMobile: true,
        hasTouch: true,
      },
    },
  ],
  ...(served
    ? {}
    : {
        webServer: {
          command: `node tests/e2e/serve.mjs ${port}`,
          url: `http://127.0.0.1:${port}/`,
          reuseExistingServer: false,
        },
      }),
});
