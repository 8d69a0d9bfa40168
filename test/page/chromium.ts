import { spawnSync } from 'node:child_process'
import puppeteer, { type Browser } from 'puppeteer-core'

/** The names of the program, by distribution. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

const found = NAMES.find((name) => spawnSync(name, ['--version']).status === 0)

/**
 * For the `skip` of a test that needs Chromium: false when it is on the PATH, else why the test cannot run, which is also
 * written to stderr.
 *
 * @throws Error in CI, where it has to be there
 */
export function chromiumIsMissing(): string | false {
  if (found !== undefined) return false
  const reason = `NOT TESTED in a browser: no ${NAMES.join(', no ')} on the PATH; apt-get install chromium`
  if (process.env.CI) throw new Error(reason)
  process.stderr.write(`${reason}\n`)
  return reason
}

/**
 * Starts Chromium without a window. Its own sandbox needs rights that containers do not have. It takes any certificate, as those
 * of tests are of no authority that it knows.
 */
export async function startChromium(): Promise<Browser> {
  if (found === undefined) throw new Error('Chromium is missing')
  const { stdout } = spawnSync('which', [found], { encoding: 'utf8' })
  return puppeteer.launch({
    executablePath: stdout.trim(),
    acceptInsecureCerts: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb', '--lang=en-GB'],
  })
}
