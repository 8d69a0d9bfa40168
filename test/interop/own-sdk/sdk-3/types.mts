// This file is not run: it holds that the types of this version of the SDK take the instrumentations.
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { getInstrumentations } from 'agentgateway-otel'

export const sdk = () => new NodeSDK({ instrumentations: [getInstrumentations({ metrics: ['mcp'] })] })
export const instrumentations: Instrumentation[] = getInstrumentations()
export const register = () => registerInstrumentations({ instrumentations: [getInstrumentations()] })
