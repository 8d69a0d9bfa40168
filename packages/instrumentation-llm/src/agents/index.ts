import type { Agent } from './agent.ts'
import { claudeCode } from './claude-code.ts'
import { codex } from './codex.ts'

/** All agents whose lines are read. */
export const AGENTS: readonly Agent[] = [claudeCode, codex]
