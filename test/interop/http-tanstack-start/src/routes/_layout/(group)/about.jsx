import { createFileRoute } from '@tanstack/react-router'

export const Route = createFileRoute('/_layout/(group)/about')({ component: () => <p>about</p> })
