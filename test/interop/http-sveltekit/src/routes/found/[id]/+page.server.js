import { error } from '@sveltejs/kit'

export const load = ({ params }) => (params.id === 'no' ? error(404) : {})
