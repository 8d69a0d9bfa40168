import { createFileRoute } from '@tanstack/react-router'
import { createServerFn } from '@tanstack/react-start'
import { getRequest } from '@tanstack/react-start/server'
import { setRoute } from 'agentgateway-otel'

const hello = createServerFn({ method: 'POST' }).handler(() => new Response('hello'))

const named = createServerFn({ method: 'POST' }).handler(() => {
  setRoute(getRequest(), '/_serverFn/named')
  return new Response('named')
})

export const Route = createFileRoute('/')({
  component: () => (
    <>
      <form action={hello.url} method="post" />
      <form action={named.url} method="post" />
    </>
  ),
})
