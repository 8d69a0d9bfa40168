import type { Format } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/**
 * Snowflake's Cortex: {@link https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-llm-rest-api}. Its streams
 * always report tokens.
 */
export const snowflakeCortex: Format = {
  ...openaiChat,
  name: 'Snowflake Cortex',
  paths: ['…/cortex/inference:complete'],
}
