import { problemWith } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

/** A host name or an address, IPv6 in brackets, with an optional port; and a system's name, as a label may have it. */
const LLM_HOST = /^(?<host>(?:[\w.-]+|\[[\da-f:.]+\])(?::(?<port>\d{1,5}))?)\s*=\s*(?<system>[\w.-]{1,64})$/i

/** Parses values of `gen_ai_system` by host, as in `llm.internal=openai,10.0.0.5:8000=vllm`. */
export function parseLlmHosts(text: string): Parsed<Readonly<Record<string, string>>> {
  const hosts: Record<string, string> = Object.create(null)
  const invalid: string[] = []
  for (const item of itemsOf(text)) {
    const { host, port = '1', system } = LLM_HOST.exec(item)?.groups ?? {}
    if (host === undefined || system === undefined || Number(port) > 65_535) invalid.push(item)
    else hosts[host.toLowerCase()] = system
  }
  return { value: hosts, problems: problemWith(invalid, 'ignored; write host=system') }
}
