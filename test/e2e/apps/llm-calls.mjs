// Calls a model again and again.
console.log('ready')
for (;;) {
  const response = await fetch(`${process.env.PROVIDER}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5', messages: [] }),
  })
  await response.text()
  await new Promise((resolve) => setTimeout(resolve, 100))
}
