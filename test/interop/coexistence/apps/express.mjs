// express.cjs as an ES module. Static imports come first, so the agent is set up before the rest is imported dynamically.
if (process.env.AGENT) await import(process.env.AGENT)
const { default: express } = await import('express')
const { default: http } = await import('node:http')
const { serve } = await import('./shop.cjs')
serve(express, http)
