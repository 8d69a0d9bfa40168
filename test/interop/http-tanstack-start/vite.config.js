import { tanstackStart as reactStart } from '@tanstack/react-start/plugin/vite'
import { tanstackStart as solidStart } from '@tanstack/solid-start/plugin/vite'
import react from '@vitejs/plugin-react'
import { nitro } from 'nitro/vite'
import solid from 'vite-plugin-solid'

// The ids of server functions are their names, where the tests know them.
const start = {
  serverFns: { generateFunctionId: ({ functionName }) => functionName.replace('_createServerFn_handler', '') },
}

export default {
  root: process.env.ROOT,
  base: process.env.BASE,
  plugins: [
    ...(process.env.FRAMEWORK === 'solid' ? [solidStart(start), solid({ ssr: true })] : [reactStart(start), react()]),
    process.env.NITRO ? nitro() : undefined,
  ],
}
