import { Outlet } from 'react-router'

export const loader = () => ({ ok: true })

export default function Page() {
  return <Outlet />
}
