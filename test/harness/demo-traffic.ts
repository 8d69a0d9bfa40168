import { setTimeout as sleep } from 'node:timers/promises'
import type { Demo } from '../../examples/agent/start.js'
import { STEPS, trickle } from '../../examples/agent/traffic.js'

/** Sends the demo's app traffic that comes and goes, for a picture, until the signal aborts. */
export async function drive(demo: Demo, signal: AbortSignal): Promise<void> {
  for (let i = 0; !signal.aborted; i++) {
    const busyness = 1 + Math.round(2 * (1 + Math.sin(i / 9)))
    if (i % 25 === 12) for (const step of STEPS.slice(0, 2)) await step.run(demo)
    if (i % 40 === 20) await STEPS.find(({ name }) => name === 'Errors of models')?.run(demo)
    for (let j = 0; j < busyness; j++) await trickle(demo)
    await sleep(900)
  }
}
