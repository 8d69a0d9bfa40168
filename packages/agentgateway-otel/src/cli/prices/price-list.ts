import { type ConditionalPrice, findProvider, type ModelInfo, type ModelPrice } from '@pydantic/genai-prices'
import { type ModelMatch, matchesOf } from './model-match.ts'
import { PRICE_LIST } from './priced-systems.ts'

/**
 * What the tokens of a kind cost, by the list's name for it. A part without a price has that of the whole, and a whole without
 * one is free: models that embed have no output.
 */
const PRICES = {
  input: 'input_mtok',
  input_cache_read: 'cache_read_mtok',
  input_cache_write: 'cache_write_mtok',
  input_audio: 'input_audio_mtok',
  output: 'output_mtok',
  output_audio: 'output_audio_mtok',
} as const

export type PricedTokens = keyof typeof PRICES

/** The price of one kind of tokens of the models with certain names. */
export interface TokenPrice {
  readonly tokens: PricedTokens
  /** In US dollars for one token. */
  readonly usd: number
  readonly models: ModelMatch
}

/**
 * Returns the prices of all models of a provider on this day, of which the first that matches a model's name counts, for each
 * kind of tokens by itself. A price that depends on the length of a prompt is that of the shortest, and one that depends on the
 * time of day is that of most of the day.
 *
 * @throws RangeError if there is no such provider
 */
export function pricesOf(providerId: string, day: Date): readonly TokenPrice[] {
  const models = modelsOf(providerId).map(({ prices, match }) => ({ price: priceOn(day, prices), match }))
  const kinds = (Object.keys(PRICES) as PricedTokens[]).filter((tokens) =>
    models.some(({ price }) => price[PRICES[tokens]] !== undefined),
  )
  return models.flatMap(({ price, match }) =>
    kinds.flatMap((tokens) => {
      if (basePrice(price, 'input') === undefined && basePrice(price, 'output') === undefined) return []
      const usdPerMillion =
        basePrice(price, tokens) ?? basePrice(price, tokens.startsWith('input') ? 'input' : 'output') ?? 0
      const usd = Number((usdPerMillion / 1e6).toPrecision(6))
      return matchesOf(match).map((models) => ({ tokens, usd, models }))
    }),
  )
}

function basePrice(price: ModelPrice, tokens: PricedTokens): number | undefined {
  const value = price[PRICES[tokens]]
  return typeof value === 'object' ? value.base : value
}

/** Returns a provider's models, and after them those of the providers whose models it has as well. */
function modelsOf(providerId: string, seen: readonly string[] = []): readonly ModelInfo[] {
  const provider = findProvider({ providerId })
  if (provider === undefined) throw new RangeError(`${PRICE_LIST.name} has no provider ${providerId}`)
  const others = (provider.fallback_model_providers ?? []).filter((id) => !seen.includes(id))
  return [...provider.models, ...others.flatMap((id) => modelsOf(id, [...seen, providerId, ...others]))]
}

const HALF_HOURS = Array.from({ length: 48 }, (_, i) => i * 30)

/** Returns the price that holds for most of this day. */
function priceOn(day: Date, prices: ModelInfo['prices']): ModelPrice {
  if (!Array.isArray(prices)) return prices
  const held = Map.groupBy(HALF_HOURS, (minutes) => priceAt(day, minutes, prices))
  const [[price] = [{}]] = [...held].toSorted(([, a], [, b]) => b.length - a.length)
  return price
}

/** Returns the last of the prices that holds at this time: for good, since a day, or at this time of day. */
function priceAt(day: Date, minutes: number, prices: readonly ConditionalPrice[]): ModelPrice {
  const holds = ({ constraint }: ConditionalPrice) => {
    if (constraint === undefined) return true
    if (constraint.type === 'start_date') return new Date(constraint.start_date) <= day
    const [start, end] = [minutesOf(constraint.start_time), minutesOf(constraint.end_time)]
    return start <= end ? minutes >= start && minutes < end : minutes >= start || minutes < end
  }
  return (prices.findLast(holds) ?? prices[0])?.prices ?? {}
}

/** Returns the minutes of the day of a time like `16:30:00Z`. */
function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
