import { ALLOCATION } from './allocation.ts'
import { GROUPS } from './groups.ts'
import { GROWTH } from './growth.ts'
import { MEMORY } from './memory.ts'
import { OPEN } from './open.ts'
import { RECORDING } from './recording.ts'
import { OTHER_HEATS, REQUEST_PATH } from './request-path.ts'
import type { Scenario } from './scenario.ts'
import { SCRAPE } from './scrape.ts'
import { SERIES } from './series.ts'
import { START_UP } from './start-up.ts'
import { WARM_UP } from './warm-up.ts'

export const SCENARIOS: readonly Scenario[] = [
  REQUEST_PATH,
  ...OTHER_HEATS,
  ALLOCATION,
  GROUPS,
  START_UP,
  MEMORY,
  OPEN,
  RECORDING,
  SERIES,
  SCRAPE,
  GROWTH,
  WARM_UP,
]
